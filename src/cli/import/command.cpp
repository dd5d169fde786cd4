#include "cli/import/command.hpp"

#include <iostream>
#include <unordered_set>

#include "cli/import/numbers.hpp"
#include "cli/import/records.hpp"
#include "cli/import/repeats.hpp"
#include "cli/import/report.hpp"
#include "cli/progress.hpp"
#include "cli/store_owner.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/store/ahead.hpp"

namespace roomkey::cli::import {

namespace {

// In memory for a moment; 100,000 appointments fill 10 (CSV) to 57 MB (FHIR).
constexpr std::size_t kMostBytes = std::size_t{256} << 20;

// The records on their way into the store, inside one transaction.
class Import {
 public:
  Import(Session& session, store::Transaction& transaction, Records& records, Progress& progress)
      : session_(session),
        transaction_(transaction),
        records_(records),
        progress_(progress),
        ahead_(transaction, session.database),
        numbering_(transaction, session.database, ahead_, records) {
    users_by_id_.reserve(records.users.size() + records.people.size());
    appointments_by_id_.reserve(records.appointments.size() + records.fhir_appointments.size());
  }

  // Users first: appointments refer to them. FHIR's get numbers once all others have theirs.
  void run() {
    ahead_.read(named_by_files());
    put_users();
    numbering_.number_people();
    put_users();
    put_appointments();
    numbering_.number_appointments();
    put_appointments();
  }

  // What the database says of the last of them.
  void hear() { ahead_.hear(); }

  [[nodiscard]] ImportReport report() const {
    return {users_, appointments_, without_email_, numbering_.given()};
  }

 private:
  // By their numbers; FHIR's have none yet.
  [[nodiscard]] store::Ahead::Wanted named_by_files() const {
    store::Ahead::Wanted wanted;
    for (const auto& one : records_.users) wanted.users.push_back(one.record.id);
    for (const auto& [place, one, field_place, left_out] : records_.appointments) {
      wanted.appointments.push_back(one.id);
      if (one.room) wanted.rooms.push_back(one.room->name);
    }
    return wanted;
  }

  void put_users() {
    for (; next_user_ < records_.users.size(); ++next_user_) {
      tell(users_.all + appointments_.all);
      put(records_.users[next_user_]);
    }
  }

  void put(Placed<access::User>& one) {
    access::User& user = one.record;
    const auto [first, fresh] = users_by_id_.emplace(user.id, next_user_);
    keep(user, one.left_out);
    if (!fresh) return repeat(records_.users[first->second], one);
    ++users_.all;
    users_.made += ahead_.put(user) ? 1 : 0;
  }

  template <typename T>
  void repeat(const Placed<T>& first, const Placed<T>& again) {
    const auto names = differences(first.record, again.record);
    if (names.empty()) return;
    records_.fault(again.field_place(again.place, "id"), repeated_otherwise(first.place, names));
  }

  // Those who were not put by this import.
  [[nodiscard]] store::Ahead::Wanted people_of_appointments() const {
    std::unordered_set<std::int64_t> people;
    for (auto i = next_appointment_; i < records_.appointments.size(); ++i) {
      const access::Appointment& one = records_.appointments[i].record;
      for (const auto id : {one.patient_id, one.psychologist_id}) {
        if (ahead_.user(id) == nullptr) people.insert(id);
      }
    }
    return {.users = {people.begin(), people.end()}};
  }

  void put_appointments() {
    ahead_.read(people_of_appointments());
    for (; next_appointment_ < records_.appointments.size(); ++next_appointment_) {
      tell(users_.all + appointments_.all);
      put(records_.appointments[next_appointment_]);
    }
  }

  void put(Placed<access::Appointment>& one) {
    access::Appointment& appointment = one.record;
    const auto [first, fresh] = appointments_by_id_.emplace(appointment.id, next_appointment_);
    const auto& earlier = records_.appointments[first->second];
    keep(appointment, one.left_out, fresh ? ahead_.appointment(appointment.id) : &earlier.record);
    if (!fresh) return repeat(earlier, one);
    if (has_conflicts(one)) return;
    ++appointments_.all;
    if (appointment.room) appointment.room->created_at = session_.now;
    const bool keeps_room = ahead_.keeps_room(appointment);
    const bool made = ahead_.put(appointment);
    appointments_.made += made ? 1 : 0;
    if (made && !appointment.room) {
      give_booked_room(session_, ahead_, appointment);
    } else if (!keeps_room) {
      give_booked_room(transaction_, session_, appointment);
    }
  }

  // What a faulty person's absence explains is not said.
  bool has_conflicts(const Placed<access::Appointment>& one) {
    const auto found = conflicts(session_, ahead_, one.record);
    for (const auto& fault : found) {
      const bool patient = fault.field == "patient_id";
      const auto id = patient ? one.record.patient_id : one.record.psychologist_id;
      const bool person = patient || fault.field == "psychologist_id";
      if (person && (records_.people_hidden || records_.faulty_users.count(id) > 0)) {
        ++records_.not_judged;
      } else {
        records_.fault(one.field_place(one.place, fault.field), fault.why);
      }
    }
    return !found.empty();
  }

  // Not the defaults: they would let in who was put out of use, and open what was cancelled.
  void keep(access::User& user, const LeftOut& left_out) {
    if (!left_out.active && !left_out.email) return;
    const auto* const before = ahead_.user(user.id);
    if (left_out.active && before != nullptr) user.active = before->active;
    if (left_out.email && before != nullptr) user.email = before->email;
    if (!left_out.email || before != nullptr) return;
    user.email = "user-" + std::to_string(user.id) + "@no-email.invalid";
    ++without_email_;
  }

  static void keep(access::Appointment& appointment, const LeftOut& left_out,
                   const access::Appointment* before) {
    if (before == nullptr) return;
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
  store::Ahead ahead_;
  Numbering numbering_;
  std::unordered_map<std::int64_t, std::size_t> users_by_id_, appointments_by_id_;
  std::size_t next_user_ = 0;
  std::size_t next_appointment_ = 0;
  ImportCount users_, appointments_;
  std::size_t without_email_ = 0;
  std::size_t total_ = 0;
};

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

int run(Session& session, const std::vector<std::string>& files, bool dry_run) {
  Records records;
  Progress progress;
  for (const auto& name : files) read(name, files.size() == 1, records, progress);
  settle_people(records);
  become_store_owner(session.database);  // not earlier: root's own files can be imported
  // Not earlier: whoever wants to write has to wait from here on.
  session.database.ready();
  store::Transaction transaction(session.database);
  Import import(session, transaction, records, progress);
  import.run();
  progress.clear();
  if (records.fault_count > 0) return say_faults(records, session.json);
  import.hear();
  const ImportReport report = import.report();
  append_change(transaction, session, "import", std::nullopt, summary_of(report));
  store::write_events(transaction, session.database);  // a dry run hears of it, too
  if (!dry_run) transaction.commit();
  std::cout << (session.json ? to_json(report, records, dry_run)
                             : to_text(report, records, dry_run));
  return kDone;
}

}  // namespace roomkey::cli::import
