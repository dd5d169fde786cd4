// An appointment's room, as the functions of appointments.hpp give it and take it away.
#pragma once

#include <cstdint>
#include <optional>

#include "roomkey/access/appointment.hpp"
#include "roomkey/store/database.hpp"
#include "store/query.hpp"

namespace roomkey::store {

[[nodiscard]] std::optional<access::Room> find_room(Database& database,
                                                    std::int64_t appointment_id);

// The room that it has stays; it must be given up before another takes its place.
void put_room(Database& database, std::int64_t appointment_id, const access::Room& room,
              Hear when = Hear::now);

// One of a new name.
[[nodiscard]] access::Room new_room(std::int64_t appointment_id, const std::string& provider,
                                    std::chrono::sys_seconds now);

// Nobody may be in the appointment's room any more.
void end_room(Database& database, std::int64_t appointment_id);

// Takes the room from the appointment for good, with all that is known of what happened in it.
void give_up_room(Database& database, std::int64_t appointment_id);

}  // namespace roomkey::store
