// Many users and appointments, one after the other: what the store has of them is read beforehand,
// a hundred with a statement. A server that is asked for each by itself makes an import several
// times as long.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "roomkey/access/appointment.hpp"
#include "roomkey/access/record.hpp"
#include "roomkey/store/audit.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::store {

class Ahead {
 public:
  struct Wanted {
    std::vector<std::int64_t> users = {}, appointments = {};
    std::vector<std::string> rooms = {};  // names
  };

  // Until it goes, users and appointments are put by it alone, each once.
  Ahead(Transaction& transaction, Database& database)
      : transaction_(transaction), database_(database) {}

  // Before any of them is asked for or put; or again.
  void read(const Wanted& wanted);

  // As it was when it was read, or was put since; null where there is none.
  [[nodiscard]] const access::User* user(std::int64_t id) const;
  // As it was when it was read, until it is put: so many are not to be held in memory twice.
  [[nodiscard]] const access::Appointment* appointment(std::int64_t id) const;

  // Whether it has a room, and still the same one once it is put as it is here.
  [[nodiscard]] bool keeps_room(const access::Appointment& appointment) const;

  // As those of users.hpp and appointments.hpp, but that nothing is written where nothing changes.
  bool put(const access::User& user);
  bool put(const access::Appointment& appointment);
  // As give_room(), of an appointment that was put just now, and made by that, without a room.
  void give_room(std::int64_t appointment_id, const AuditEvent& event);
  [[nodiscard]] std::vector<access::FieldFault> conflicts(const access::Appointment& appointment);

  // Waits for what the database says of all that was put; the commit does that by itself.
  void hear();

 private:
  Transaction& transaction_;
  Database& database_;
  std::unordered_map<std::int64_t, access::User> users_ = {};
  std::unordered_map<std::int64_t, access::Appointment> appointments_ = {};
  std::unordered_map<std::string, std::int64_t> rooms_ = {}, former_rooms_ = {};  // and whose
  std::unordered_set<std::string> changed_rooms_ = {};  // names of which those know no more
};

}  // namespace roomkey::store
