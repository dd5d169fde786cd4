// What is known of an appointment's room, from the store and, where that is stale, from its
// provider. `rooms` is null where nobody can be asked.
#pragma once

#include <optional>
#include <string_view>

#include "roomkey/access/appointment.hpp"
#include "roomkey/access/room_session.hpp"
#include "roomkey/provider/rooms.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

struct Known {
  std::optional<access::RoomSession> session;
  std::string_view source = "store";  // "callback" or "provider" where there is a session
  bool unheard = false;               // the provider was asked just now, and gave no answer
};

// What the store knows of that room of the appointment's; nothing where the appointment has it no
// more: whoever looked it up may see nothing of the people who came after. Where no events tell of
// rooms there are none to be read.
[[nodiscard]] Known known_room(store::Database& database, std::int64_t appointment_id,
                               const access::Room& room, bool are_told_of = true);

// What one request read of the room, for whoever looks at it again; empty until somebody had to.
using Glance = std::optional<Known>;

// Whether somebody of that identity is in the room now, as far as the store knows: told by events,
// or answered by the provider within 15 s. Nobody is asked, and next to nothing is read where
// nobody was there yet.
[[nodiscard]] bool is_in_room(store::Database& database, std::int64_t appointment_id,
                              const access::Room& room, std::string_view identity,
                              std::chrono::sys_seconds now, const Glance& glance = {});

// What known_room() says after having asked the provider, where no events tell, the last fact is
// older than 15 s or somebody is there who is unwelcome (evict.hpp), and is put out again: at most
// once in 5 s for a room, over all workers, and outside of any transaction. Takes up to 7 s. Where
// the provider is away: what the store knows. Where the store can't keep the answer: the answer.
// Look::at_once asks whatever was told, and where it was last asked a second ago.
enum class Look { when_due, at_once };
[[nodiscard]] Known look_at_room(store::Database& database, const access::Appointment& appointment,
                                 provider::Rooms* rooms, std::chrono::sys_seconds now,
                                 Look when = Look::when_due);

// Who is about to come: a guest may need a room that is larger than it was made.
enum class Comer { one_of_two, guest };

// Whether make_room() has something to ask. `rooms` as the provider has them, whoever may ask it.
[[nodiscard]] bool is_to_be_made(store::Database& database, std::int64_t appointment_id,
                                 const access::Room& room, provider::Rooms* rooms,
                                 std::chrono::sys_seconds now, Glance& glance,
                                 Comer comer = Comer::one_of_two);

// Has the provider make the room where roomkey is to, also again where its last session is over.
// Nothing becomes of it where the provider is away: the next who asks tries again.
void make_room(store::Database& database, std::int64_t appointment_id, const access::Room& room,
               provider::Rooms* rooms, std::chrono::sys_seconds now,
               Comer comer = Comer::one_of_two);

}  // namespace roomkey::handlers
