#include <iostream>
#include <set>

#include "roomkey/access/record.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/cli/commands.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/users.hpp"

namespace roomkey::cli {

namespace {

// One file on its way into the store, inside one transaction.
class Import {
 public:
  Import(Session& session, store::Transaction& transaction)
      : session_(session), transaction_(transaction) {}

  void take(const Json::Value& file) {
    for (const auto& name : file.getMemberNames()) {
      if (name != "users" && name != "appointments") {
        fault(base::log_value(name), "is not a field that is known");
      }
    }
    each_record(file, "users", [this](const Json::Value& record, const std::string& place) {
      return take_user(record, place);
    });
    each_record(file, "appointments", [this](const Json::Value& record, const std::string& place) {
      return take_appointment(record, place);
    });
  }

  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }
  [[nodiscard]] std::string summary() const {
    return std::to_string(users_) + " users (" + std::to_string(new_users_) + " new), " +
           std::to_string(appointments_) + " appointments (" + std::to_string(new_appointments_) +
           " new)";
  }

 private:
  void fault(const std::string& place, const std::string& why) {
    faults_.push_back(place + ": " + why);
  }
  void fault(const std::string& place, const std::vector<access::FieldFault>& found) {
    for (const auto& one : found) fault(place + '.' + one.field, one.why);
  }

  template <typename Take>
  void each_record(const Json::Value& file, const char* list, Take take_record) {
    if (!file.isMember(list)) return;
    if (!file[list].isArray()) return fault(list, "must be an array");
    std::set<std::int64_t> ids;
    for (Json::ArrayIndex i = 0; i < file[list].size(); ++i) {
      const Json::Value& record = file[list][i];
      const std::string place = std::string(list) + '[' + std::to_string(i) + ']';
      if (!record.isObject()) {
        fault(place, "must be an object");
      } else if (const auto id = take_record(record, place); id && !ids.insert(*id).second) {
        fault(place + ".id", "stands in the file twice");
      }
    }
  }

  std::optional<std::int64_t> take_user(const Json::Value& record, const std::string& place) {
    access::User user;
    const auto found = access::read_user(record, user);
    fault(place, found);
    if (!found.empty()) return std::nullopt;
    ++users_;
    new_users_ += store::put_user(transaction_, session_.database, user) ? 1 : 0;
    return user.id;
  }

  std::optional<std::int64_t> take_appointment(const Json::Value& record,
                                               const std::string& place) {
    access::Appointment appointment;
    auto found = access::read_appointment(record, appointment);
    if (found.empty()) found = store::conflicts(session_.database, appointment);
    fault(place, found);
    if (!found.empty()) return std::nullopt;
    ++appointments_;
    if (appointment.room) appointment.room->created_at = session_.now;
    new_appointments_ += store::put_appointment(transaction_, session_.database, appointment);
    return appointment.id;
  }

  Session& session_;
  store::Transaction& transaction_;
  std::vector<std::string> faults_;
  std::int64_t users_ = 0, new_users_ = 0, appointments_ = 0, new_appointments_ = 0;
};

int say_all(const std::vector<std::string>& faults) {
  constexpr std::size_t kMost = 50;
  for (std::size_t i = 0; i < faults.size() && i < kMost; ++i) fail(kFailed, faults[i]);
  if (faults.size() > kMost) {
    fail(kFailed, "and " + std::to_string(faults.size() - kMost) + " more faults");
  }
  return fail(kFailed, "nothing was imported", "mend the file and import it again as a whole");
}

}  // namespace

int import_file(Session& session, const std::string& file, bool dry_run) {
  const auto& text = session.input;
  if (!text) return fail(kFailed, file + ": " + text.error().detail);
  const auto parsed = base::parse_json_object(*text);
  if (!parsed) return fail(kFailed, file + " is " + parsed.error().detail);
  session.database.ready();
  store::Transaction transaction(session.database);
  Import import(session, transaction);
  import.take(*parsed);
  if (!import.faults().empty()) return say_all(import.faults());
  if (!dry_run) {
    append_change(transaction, session, "import", std::nullopt, import.summary());
    transaction.commit();
  }
  std::cout << (dry_run ? "would import " : "imported ") << import.summary() << '\n';
  return kDone;
}

}  // namespace roomkey::cli
