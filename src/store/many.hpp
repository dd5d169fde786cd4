// What Ahead reads, and what it and the functions for one at a time have in common. Private to this
// room.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "roomkey/access/appointment.hpp"
#include "roomkey/access/record.hpp"
#include "roomkey/store/database.hpp"
#include "store/query.hpp"

namespace roomkey::store {

// In no order.
void each_user_of(Database& database, const std::vector<std::int64_t>& ids,
                  const std::function<void(access::User)>& use);
void each_appointment_of(Database& database, const std::vector<std::int64_t>& ids,
                         const std::function<void(access::Appointment)>& use);

// Of rooms: whose they are, and whose they were.
void each_owner_of(Database& database, const std::vector<std::string>& names,
                   std::unordered_map<std::string, std::int64_t>& now,
                   std::unordered_map<std::string, std::int64_t>& once);

// `before` is what the store has.
bool put_user(Database& database, const access::User& user,
              const std::optional<access::User>& before, Hear when);
bool put_appointment(Database& database, const access::Appointment& appointment,
                     const std::optional<access::Appointment>& before, Hear when);

// All that conflicts() go by.
struct Facts {
  bool has_patient = false, has_psychologist = false;
  bool is_of_another = false, was_of_another = false;  // the room
  std::optional<access::Room> own = {};                // that it has
};
[[nodiscard]] std::vector<access::FieldFault> conflicts_by(const Facts& facts,
                                                           const access::Appointment& appointment);

}  // namespace roomkey::store
