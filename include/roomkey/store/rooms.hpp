// What the provider told of an appointment's room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "roomkey/access/room_session.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::store {

// Keeps an event of the session `sid`, once however often it comes; without `event` only that the
// session had one of that sequence. True where there is a new event. `sid` must have 1 to 64
// characters.
bool put_room_event(Transaction& transaction, Database& database, std::int64_t appointment_id,
                    const std::string& sid, std::int64_t sequence,
                    const std::optional<access::RoomEvent>& event);

// The latest session of the appointment's room, by the time it began; nothing where there was none.
[[nodiscard]] std::optional<access::RoomSession> latest_room_session(Database& database,
                                                                     std::int64_t appointment_id);

// Whether what is kept of the appointment's rooms may tell of somebody of that identity: a quick
// look before all of it is read.
[[nodiscard]] bool may_tell_of(Database& database, std::int64_t appointment_id,
                               std::string_view identity);

// True where nobody asked the provider about this room in the last `pause`; the caller is to ask
// then, and all others have to wait.
[[nodiscard]] bool take_turn_to_ask(Database& database, std::int64_t appointment_id,
                                    std::chrono::sys_seconds now, std::chrono::seconds pause);

// The session that the provider told of when it was asked last; nothing where it never did.
void put_room_answer(Transaction& transaction, Database& database, std::int64_t appointment_id,
                     const access::RoomSession& session);
[[nodiscard]] std::optional<access::RoomSession> room_answer(Database& database,
                                                             std::int64_t appointment_id);

}  // namespace roomkey::store
