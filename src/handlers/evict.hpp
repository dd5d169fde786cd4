// Putting people out of rooms at the provider.
#pragma once

#include <string>

#include "roomkey/access/room_session.hpp"
#include "roomkey/handlers/providers.hpp"
#include "roomkey/provider/rooms.hpp"
#include "roomkey/store/database.hpp"
#include "roomkey/store/evictions.hpp"

namespace roomkey::handlers {

// Remembers that whoever has that identity is to leave the appointment's room; where a token of
// before would open it all the same (Rooms::need_new_name), the room ends and the appointment goes
// on in a new one. Who asks is to carry_out() it, if anybody can here. Nothing where the provider
// can't put people out. Part of the open transaction.
std::optional<store::Eviction> put_off(store::Transaction& transaction, store::Database& database,
                                       const access::Appointment& appointment,
                                       const Providers& providers, const std::string& identity,
                                       std::chrono::sys_seconds now);

// Does what `eviction`, which must be in the store, asks for, if it is still wanted: true once that
// is done. Where the provider is away: a warning in the log, and it is put off. Takes up to 10 s.
bool carry_out(store::Database& database, provider::Rooms& rooms, const store::Eviction& eviction,
               std::chrono::sys_seconds now);

// Whether somebody is in that session of the room who may not be there (access::unwelcome).
[[nodiscard]] bool shows_unwelcome(store::Database& database, const access::Room& room,
                                   const std::optional<access::RoomSession>& session);

// Puts out of the room whoever is in `session` and may not be there, or ends the room where nobody
// may, and shows them in `session` as gone: true where there was one. Remembered first, and what
// fails is left to carry_on() (evictions.hpp).
bool put_out_unwelcome(store::Database& database, provider::Rooms& rooms,
                       const access::Appointment& appointment, access::RoomSession& session,
                       std::chrono::sys_seconds now);

}  // namespace roomkey::handlers
