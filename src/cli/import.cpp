#include "roomkey/cli/import.hpp"

#include <iostream>

#include "import_numbers.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/cli/commands.hpp"
#include "roomkey/cli/progress.hpp"
#include "roomkey/cli/store_owner.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/users.hpp"

namespace roomkey::cli {

namespace {

// In memory for a moment; 100,000 appointments fill 6 (CSV) to 40 MB (JSON of other systems).
constexpr std::size_t kMostBytes = std::size_t{256} << 20;

constexpr const char* kTwice = "stands in what is imported twice";

struct Count {
  std::int64_t all = 0;
  std::int64_t made = 0;
};

// The records on their way into the store, inside one transaction.
class Import {
 public:
  Import(Session& session, store::Transaction& transaction, Records& records, Progress& progress)
      : session_(session),
        transaction_(transaction),
        records_(records),
        progress_(progress),
        numbering_(session, transaction, records) {}

  // Users first: appointments refer to them. FHIR's get numbers once all others have theirs.
  void run() {
    put_users();
    numbering_.number_people();
    put_users();
    put_appointments();
    numbering_.number_appointments();
    put_appointments();
  }

  [[nodiscard]] std::string summary() const {
    return base::counted(users_.all, "user") + " (" + std::to_string(users_.made) + " new), " +
           base::counted(appointments_.all, "appointment") + " (" +
           std::to_string(appointments_.made) + " new)";
  }
  void print(bool dry_run) const;
  void print_json(bool dry_run) const;

 private:
  void put_users() {
    for (auto& [place, user, field_place, left_out] : records_.users) {
      tell(users_.all + appointments_.all);
      if (!user_ids_.insert(user.id).second) {
        records_.fault(field_place(place, "id"), kTwice);
        continue;
      }
      keep(user, left_out);
      ++users_.all;
      users_.made += store::put_user(transaction_, session_.database, user) ? 1 : 0;
    }
    records_.users.clear();
  }

  void put_appointments() {
    for (auto& one : records_.appointments) {
      tell(users_.all + appointments_.all);
      put(one);
    }
    records_.appointments.clear();
  }

  void put(Placed<access::Appointment>& one) {
    access::Appointment& appointment = one.record;
    if (!appointment_ids_.insert(appointment.id).second) {
      return records_.fault(one.field_place(one.place, "id"), kTwice);
    }
    const auto found = store::conflicts(session_.database, appointment);
    for (const auto& fault : found) {
      records_.fault(one.field_place(one.place, fault.field), fault.why);
    }
    if (!found.empty()) return;
    ++appointments_.all;
    keep(appointment, one.left_out);
    if (appointment.room) appointment.room->created_at = session_.now;
    appointments_.made +=
        store::put_appointment(transaction_, session_.database, appointment) ? 1 : 0;
  }

  // Not the defaults: they would let in who was put out of use, and open what was cancelled.
  void keep(access::User& user, const LeftOut& left_out) {
    if (!left_out.active) return;
    const auto before = store::find_user(session_.database, user.id);
    if (before) user.active = before->active;
  }

  void keep(access::Appointment& appointment, const LeftOut& left_out) {
    if (!left_out.status && !left_out.session_type) return;
    const auto before = store::find_appointment(session_.database, appointment.id);
    if (!before) return;
    if (left_out.status) appointment.status = before->status;
    if (left_out.session_type) appointment.session_type = before->session_type;
  }

  void tell(std::int64_t done) {
    if (total_ == 0) {
      total_ = records_.users.size() + records_.appointments.size() + records_.people.size() +
               records_.fhir_appointments.size();
    }
    progress_.show("storing", static_cast<std::size_t>(done), total_);
  }

  Session& session_;
  store::Transaction& transaction_;
  Records& records_;
  Progress& progress_;
  Numbering numbering_;
  std::set<std::int64_t> user_ids_, appointment_ids_;
  Count users_, appointments_;
  std::size_t total_ = 0;
};

void Import::print(bool dry_run) const {
  std::cout << (dry_run ? "would import " : "imported ") << summary() << '\n';
  for (const auto& [kind, count] : records_.ignored) {
    std::cout << "ignored " << count << ' ' << kind << '\n';
  }
  if (numbering_.without_start() > 0) {
    std::cout << "left out " << base::counted(numbering_.without_start(), "appointment")
              << " without a start\n";
  }
  if (numbering_.without_email() > 0) {
    const bool one = numbering_.without_email() == 1;
    std::cout << base::counted(numbering_.without_email(), "user")
              << (one ? " has no email address: it is" : " have no email address: they are")
              << " user-<id>@no-email.invalid\n";
  }
  if (!numbering_.given().empty()) {
    std::cout << base::counted(numbering_.given().size(), "id")
              << " got numbers of roomkey's own: --json shows them, with --dry-run at any time\n";
  }
}

template <typename Counts>
std::string json_object(const Counts& counts) {
  std::string text = "{";
  for (const auto& [name, count] : counts) {
    if (text.size() > 1) text += ',';
    base::append_quoted(text, name);
    text += ':' + std::to_string(count);
  }
  return text + '}';
}

void Import::print_json(bool dry_run) const {
  std::cout << base::JsonObject()
                   .add("imported", !dry_run)
                   .add("dry_run", dry_run)
                   .add("users", users_.all)
                   .add("new_users", users_.made)
                   .add("appointments", appointments_.all)
                   .add("new_appointments", appointments_.made)
                   .add_raw("ignored", json_object(records_.ignored))
                   .add("without_start", static_cast<std::int64_t>(numbering_.without_start()))
                   .add("without_email", static_cast<std::int64_t>(numbering_.without_email()))
                   .add_raw("numbers", json_object(numbering_.given()))
                   .text()
            << '\n';
}

void print_json(const Records& records) {
  base::JsonArray faults;
  for (const auto& fault : records.faults) {
    faults.add_raw(base::JsonObject().add("place", fault.place).add("why", fault.why).text());
  }
  std::cout << base::JsonObject()
                   .add("imported", false)
                   .add("fault_count", static_cast<std::int64_t>(records.fault_count))
                   .add_raw("faults", faults.text())
                   .text()
            << '\n';
}

int say_all(const Session& session, const Records& records) {
  if (session.json) {
    print_json(records);
  } else {
    for (const auto& fault : records.faults) fail(kFailed, fault.place + ": " + fault.why);
    const auto more = records.fault_count - records.faults.size();
    if (more > 0) fail(kFailed, "and " + base::counted(more, "more fault"));
  }
  return fail(kFailed, "nothing was imported", "mend the file and import it again as a whole");
}

void read(const std::string& name, bool alone, Records& records, Progress& progress) {
  const bool input = name == "-";
  ImportFile file{input ? "standard input" : name, "", alone};
  auto text = input ? base::read_standard_input(kMostBytes) : base::read_file(name, kMostBytes);
  if (!text) {
    const bool large = text.error().code == base::Code::payload_too_large;
    return records.fault(file.name, large ? "is larger than 256 MiB" : text.error().detail);
  }
  file.text = std::move(text).value();
  file.progress = [&](std::size_t bytes) {
    progress.show("reading " + file.name, bytes, file.text.size());
  };
  read_import(file, records);
}

}  // namespace

int import_files(Session& session, const std::vector<std::string>& files, bool dry_run) {
  Records records;
  Progress progress;
  for (const auto& name : files) read(name, files.size() == 1, records, progress);
  settle_roles(records);
  become_store_owner(session.database.path());  // not earlier: root's own files can be imported
  // Not earlier: whoever wants to write has to wait from here on.
  session.database.ready();
  store::Transaction transaction(session.database);
  Import import(session, transaction, records, progress);
  import.run();
  progress.clear();
  if (records.fault_count > 0) return say_all(session, records);
  if (!dry_run) {
    append_change(transaction, session, "import", std::nullopt, import.summary());
    transaction.commit();
  }
  session.json ? import.print_json(dry_run) : import.print(dry_run);
  return kDone;
}

}  // namespace roomkey::cli
