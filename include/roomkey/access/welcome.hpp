// Who may stay in a room, whatever token they hold. Who gets a token is decide()'s; this is for
// those who are in the room already, or come back with a token from before. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/access/appointment.hpp"
#include "roomkey/access/guest.hpp"
#include "roomkey/access/identity.hpp"

namespace roomkey::access {

// A room that roomkey named, as it stands now.
struct Standing {
  std::optional<Appointment> appointment;   // whose room it is; nothing: it was given up
  std::vector<std::int64_t> inactive = {};  // users, of the appointment's two
  std::vector<std::string> denied = {};     // as Visitor::who
  std::vector<Guest> guests = {};           // all who were ever invited to the appointment
  Identities identities = {};
};

enum class Unwelcome { moved, closed, no_participant, removed, denied, inactive, revoked, unknown };
[[nodiscard]] std::string_view word(Unwelcome why);

// Why nobody may be in the room, so that it is to end.
[[nodiscard]] std::optional<Unwelcome> given_up(const Standing& standing);

// Why whoever has that identity there is to leave. One that names no user has no token of
// roomkey's, and is left alone while the room is not given up; but a pseudonym that is nobody's was
// made with a secret of before, and may be of one who was removed, where one was.
[[nodiscard]] std::optional<Unwelcome> unwelcome(const Standing& standing,
                                                 std::string_view identity);

}  // namespace roomkey::access
