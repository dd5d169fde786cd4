// The decision who gets in: pure, without clock, store or JSON. Every rule about who, when, how
// long and in which state stands here and nowhere else.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/access/appointment.hpp"
#include "roomkey/access/guest.hpp"
#include "roomkey/access/identity.hpp"
#include "roomkey/base/result.hpp"

namespace roomkey::access {

// What a caller may want of an appointment.
enum class Action {
  join,         // an access token for its room: its patient and its psychologist, never the
                // booking system, which can put itself into any appointment
  view_status,  // who is in the room: its patient and its psychologist
  make_room,    // both, practice managers, admins and the booking system
  view,         // the appointment itself: both, practice managers and admins
  remove,       // somebody from its room, or the room to another provider: its psychologist,
                // practice managers and admins, but nobody who was removed from it
};

// How long before the start and after the end a token is given, no limit where unset; and whether
// people wait to be let in.
struct Policy {
  std::optional<std::chrono::minutes> join_early;
  std::optional<std::chrono::minutes> join_late;
  WaitingRoom waiting_room = WaitingRoom::off;
  Identities identities = {};
};

// As what somebody is in a room.
enum class Side { patient, psychologist, guest };
[[nodiscard]] std::string_view word(Side side);
// Nothing for who has no part in it.
[[nodiscard]] std::optional<Side> side_of(const Appointment& appointment, std::int64_t user_id);

// The right to one room for one person: what a provider turns into a credential. What it is not to
// learn of that person is not in here.
struct Grant {
  std::int64_t appointment_id = 0;
  std::string room_name;
  std::int64_t user_id = 0;  // 0: not for the provider
  std::string email;         // may be empty
  std::chrono::minutes validity{0};
  std::string name = {};  // as people write it; may be empty
  Side side = Side::patient;
  std::string identity = user_identity(user_id, email);  // how the provider is to name them

  // For where a provider wants a name, or an address, by all means.
  [[nodiscard]] const std::string& name_or_identity() const {
    return name.empty() ? identity : name;
  }
};

// Neither cancelled, completed nor no-show.
[[nodiscard]] bool is_open(Status status);

[[nodiscard]] bool is_office(Role role);  // practice managers and admins

// Whether that user was put out of its room and not let in again.
[[nodiscard]] bool is_removed(const Appointment& appointment, std::int64_t user_id);

// permission_denied unless the caller may; says nothing of the appointment's state.
[[nodiscard]] base::Result<std::monostate> permit(Action action, const Appointment& appointment,
                                                  const User& caller);

// permission_denied unless the caller may let that user in again: whoever may remove, but nobody
// himself, and where the office removed them, the office alone. Without `removal` they were not
// removed.
[[nodiscard]] base::Result<std::monostate> permit_readmit(const Appointment& appointment,
                                                          const User& caller, std::int64_t user_id,
                                                          const std::optional<Removal>& removal);

// Every check of a join, in the contract's order: permission_denied, removed, appointment_closed,
// too_early or too_late (with the window), room_not_found; and at last the door, for whoever is not
// its psychologist: denied, waiting. std::logic_error where nobody looked at it.
[[nodiscard]] base::Result<Grant> decide(const Appointment& appointment, const User& caller,
                                         std::chrono::sys_seconds now, const Policy& policy);

// The same for a guest of the appointment's, who brings a device of that SHA-256 (empty: none):
// guest_not_found where the code is revoked or has expired, guest_elsewhere where it is bound to
// another device, and then as above from appointment_closed on.
[[nodiscard]] base::Result<Grant> decide_guest(const Appointment& appointment, const Guest& guest,
                                               std::string_view device_digest,
                                               std::chrono::sys_seconds now, const Policy& policy);

// Every check before a guest is invited: as before a room is moved.
[[nodiscard]] base::Result<std::monostate> decide_invite(const Appointment& appointment,
                                                         const User& caller);

// Whether a caller may have a token for no appointment in particular, where the clinic gives such:
// permission_denied.
[[nodiscard]] base::Result<std::monostate> decide_unbound(const User& caller);

// When an appointment must start, so that it may be open for joining at `now`: outside of this
// decide() says too_early or too_late. Both sides included.
[[nodiscard]] base::Window joinable_starts(std::chrono::sys_seconds now, const Policy& policy);

// Every check before a room is made: permission_denied, appointment_closed, not_telehealth.
[[nodiscard]] base::Result<std::monostate> decide_room(const Appointment& appointment,
                                                       const User& caller);

// Every check before somebody is let in at the door, or denied: permission_denied,
// appointment_closed, room_not_found.
[[nodiscard]] base::Result<std::monostate> decide_door(const Appointment& appointment,
                                                       const User& caller);

// Every check before an appointment goes on at another provider: as before a room is made.
[[nodiscard]] base::Result<std::monostate> decide_move(const Appointment& appointment,
                                                       const User& caller);

// Who makes rooms: whatever books an appointment, or only who asks for its room.
enum class Rooms { booked, asked };

// Whether the appointment gets a room by itself where it has none: it is open, and by video.
[[nodiscard]] bool takes_room(const Appointment& appointment);

// Who keeps users and appointments current: the booking system, a user of role service.
[[nodiscard]] base::Result<std::monostate> permit_sync(const User& caller);

// What the booking system may not make of a user: an admin or a service of one who is none, and of
// itself anything else. `before` is null where the user is new.
[[nodiscard]] std::vector<base::FieldFault> sync_faults(const User& caller, const User* before,
                                                        const User& after);

// When join tokens are given for the appointment.
[[nodiscard]] base::Window join_window(const Appointment& appointment, const Policy& policy);

// clamp(duration + 30, 60, 240) minutes: time to be late and to run over, and never a token that
// outlives the working day.
[[nodiscard]] std::chrono::minutes token_validity(std::chrono::minutes duration);

}  // namespace roomkey::access
