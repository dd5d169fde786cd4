// What the provider told of an appointment's room.
#pragma once

#include <optional>
#include <string>

#include "roomkey/access/room_session.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::store {

// Keeps an event of the session `sid`, once however often it comes; without `event` only that the
// session had one of that sequence. True where it is new. `sid` must have 34 characters.
bool put_room_event(Transaction& transaction, Database& database, std::int64_t appointment_id,
                    const std::string& sid, std::int64_t sequence,
                    const std::optional<access::RoomEvent>& event);

// The latest session of the appointment's room, by the time it began; nothing where there was none.
[[nodiscard]] std::optional<access::RoomSession> latest_room_session(Database& database,
                                                                     std::int64_t appointment_id);

}  // namespace roomkey::store
