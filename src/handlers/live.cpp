#include "handlers/live.hpp"

#include <algorithm>

#include "handlers/evict.hpp"
#include "roomkey/access/decide.hpp"
#include "roomkey/base/log.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/guests.hpp"
#include "roomkey/store/rooms.hpp"

namespace roomkey::handlers {

namespace {

using namespace std::chrono_literals;
constexpr std::chrono::seconds kPause{5};   // between two questions about one room
constexpr std::chrono::seconds kBreath{1};  // the same for who has to know
constexpr std::chrono::seconds kFresh{15};  // what was told in the last 15 s is not asked again

// Names of rooms never come back: where the appointment has this one now, it had it all the time.
bool still_has(store::Database& database, std::int64_t appointment_id, const access::Room& room) {
  return store::has_room(database, appointment_id, room.name);
}

enum class Fate { kept, store_away, room_given_up };

// What became of an answer. Where the store can't keep it just now, that is no reason
// to keep it from who asked; where the appointment has given up the room meanwhile, it is.
Fate remember(store::Database& database, std::int64_t appointment_id, const access::Room& room,
              const access::RoomSession& session) {
  try {
    store::Transaction transaction(database);
    if (!still_has(database, appointment_id, room)) return Fate::room_given_up;
    store::put_room_answer(transaction, database, appointment_id, session);
    transaction.commit();
    return Fate::kept;
  } catch (const base::Unavailable& fault) {
    base::log_warn("event=room_answer_lost appointment_id=" + std::to_string(appointment_id) +
                   " fault=" + base::log_value(fault.what()));
    return Fate::store_away;
  }
}

// False as well where the store is locked or full: reading goes on.
bool take_turn(store::Database& database, std::int64_t appointment_id, std::chrono::sys_seconds now,
               std::chrono::seconds pause = kPause) {
  try {
    return store::take_turn_to_ask(database, appointment_id, now, pause);
  } catch (const base::Unavailable&) {
    return false;
  }
}

// The better of what was known and what the provider answered just now.
Known with_answer(Known known, const access::RoomSession& answer) {
  const bool newer = !known.session || &access::more_credible(*known.session, answer) == &answer;
  return newer ? Known{answer, "provider"} : known;
}

bool is_over(const Known& known) {
  return known.session && known.session->status != access::SessionStatus::in_progress;
}

bool is_open_now(const Known& known, std::chrono::sys_seconds now) {
  return known.session && now - known.session->as_of <= kFresh && !is_over(known);
}

// The two, and who was invited.
int people_of(store::Database& database, std::int64_t appointment_id,
              std::chrono::sys_seconds now) {
  const auto guests = store::guests_of(database, appointment_id);
  return 2 + static_cast<int>(std::count_if(guests.begin(), guests.end(),
                                            [&](const auto& one) { return one.may_come(now); }));
}

// It was made before they were invited, perhaps.
bool may_grow(const provider::Rooms& rooms, Comer comer) {
  return comer == Comer::guest && rooms.can_grow();
}

// Given up meanwhile, it would stay open for whoever has a token of before.
void create(store::Database& database, std::int64_t appointment_id, const access::Room& room,
            provider::Rooms& rooms, const Known& known, std::chrono::sys_seconds now) {
  auto made = rooms.make({room.name, people_of(database, appointment_id, now)}, now);
  if (!made) return;
  if (!rooms.tell_of_past() && known.session && !is_over(known) &&
      known.session->sid == made->sid) {
    *made = *known.session;
    made->as_of = now;
  }
  if (remember(database, appointment_id, room, *made) == Fate::room_given_up) {
    static_cast<void>(rooms.end(room.name, made->sid));
  }
}

}  // namespace

Known known_room(store::Database& database, std::int64_t appointment_id, const access::Room& room,
                 bool are_told_of) {
  std::optional<access::RoomSession> told;
  if (are_told_of) told = store::latest_room_session(database, appointment_id);
  auto answered = store::room_answer(database, appointment_id);
  // Looked at last: otherwise it could be given up in between, and this be of the next one.
  if ((!told && !answered) || !still_has(database, appointment_id, room)) return {};
  if (!told) return {std::move(answered), "provider"};
  if (!answered) return {std::move(told), "callback"};
  const bool by_callback = &access::more_credible(*told, *answered) == &*told;
  return {by_callback ? std::move(told) : std::move(answered),
          by_callback ? "callback" : "provider"};
}

bool is_in_room(store::Database& database, std::int64_t appointment_id, const access::Room& room,
                std::string_view identity, std::chrono::sys_seconds now, const Glance& glance) {
  if (!glance && !store::may_tell_of(database, appointment_id, identity)) return false;
  const Known known = glance ? *glance : known_room(database, appointment_id, room);
  if (!known.session || is_over(known)) return false;
  if (known.source == "provider" && now - known.session->as_of > kFresh) return false;
  const auto& people = known.session->participants;
  return std::any_of(people.begin(), people.end(), [&](const access::Participant& one) {
    return one.identity == identity && !one.disconnected_at;
  });
}

Known look_at_room(store::Database& database, const access::Appointment& appointment,
                   provider::Rooms* rooms, std::chrono::sys_seconds now, Look when) {
  if (!appointment.room) return {};
  const access::Room& room = *appointment.room;
  Known known = known_room(database, appointment.id, room);
  const bool fresh = known.session && now - known.session->as_of <= kFresh;
  if (rooms == nullptr) return known;
  const bool told = fresh && (rooms->are_told_of() || is_over(known)) &&
                    !shows_unwelcome(database, room, known.session);
  const bool must = when == Look::at_once;
  if (told && !must) return known;
  if (!take_turn(database, appointment.id, now, must ? kBreath : kPause)) return known;
  const auto started = std::chrono::steady_clock::now();
  auto answer = rooms->look(room.name, known.session ? known.session->sid : "", now);
  if (answer && *answer && known.session && !rooms->tell_of_past()) {
    **answer = access::continued(*known.session, std::move(**answer));
  }
  if (answer && *answer) {
    const bool in_time = std::chrono::steady_clock::now() - started < 2s;
    const bool out = in_time && put_out_unwelcome(database, *rooms, appointment, **answer, now);
    const Fate fate = remember(database, appointment.id, room, **answer);
    if (fate == Fate::room_given_up) return {};
    // What was told in this second knows less.
    if (must || out) return {std::move(*answer), "provider"};
    if (fate == Fate::store_away) return with_answer(std::move(known), **answer);
  } else if (answer && rooms->are_made() && !known.session && access::is_open(appointment.status)) {
    create(database, appointment.id, room, *rooms, known, now);
  }
  Known after = known_room(database, appointment.id, room);
  after.unheard = !answer;
  return after;
}

bool is_to_be_made(store::Database& database, std::int64_t appointment_id, const access::Room& room,
                   provider::Rooms* rooms, std::chrono::sys_seconds now, Glance& glance,
                   Comer comer) {
  if (rooms == nullptr || !rooms->are_made()) return false;
  if (may_grow(*rooms, comer)) return true;
  glance = known_room(database, appointment_id, room, rooms->are_told_of());
  return !is_open_now(*glance, now);
}

void make_room(store::Database& database, std::int64_t appointment_id, const access::Room& room,
               provider::Rooms* rooms, std::chrono::sys_seconds now, Comer comer) {
  if (rooms == nullptr || !rooms->are_made()) return;
  const Known known = known_room(database, appointment_id, room);
  const bool is_done = is_open_now(known, now) || !take_turn(database, appointment_id, now);
  if (is_done && !may_grow(*rooms, comer)) return;
  create(database, appointment_id, room, *rooms, known, now);
}

}  // namespace roomkey::handlers
