#include "roomkey/handlers/evictions.hpp"

#include <algorithm>

#include "handlers/evict.hpp"
#include "roomkey/base/log.hpp"
#include "roomkey/store/appointments.hpp"

namespace roomkey::handlers {

namespace {

using Steady = std::chrono::steady_clock;
using store::Eviction;

std::string about(const Eviction& eviction, access::Unwelcome why) {
  return " appointment_id=" + std::to_string(eviction.appointment_id) +
         " why=" + std::string(access::word(why));
}

std::optional<access::Unwelcome> still_wanted(store::Database& database, const Eviction& eviction) {
  const auto standing = store::standing_of(database, eviction.room);
  return eviction.identity.empty() ? access::given_up(standing)
                                   : access::unwelcome(standing, eviction.identity);
}

// Where the store is away just now, the same is tried once more.
template <typename Write>
void write_down(const Write& write) {
  try {
    write();
  } catch (const base::Unavailable& fault) {
    base::log_warn("event=eviction_not_written fault=" + base::log_value(fault.what()));
  }
}

bool try_to(store::Database& database, provider::Rooms& rooms, const Eviction& eviction,
            const provider::Seat& seat, std::chrono::sys_seconds now) {
  const auto started = Steady::now();
  const auto why = still_wanted(database, eviction);
  if (!why) {
    write_down([&] { store::finish_eviction(database, eviction); });
    return true;
  }
  const auto out =
      eviction.identity.empty() ? rooms.end(seat.room, seat.session_sid) : rooms.put_out(seat);
  if (!out) {
    base::log_warn("event=eviction_failed" + about(eviction, *why) +
                   " fault=" + base::log_value(out.error().detail));
    const auto spent = std::chrono::floor<std::chrono::seconds>(Steady::now() - started);
    write_down([&] { store::postpone_eviction(database, eviction, now + spent); });
    return false;
  }
  if (*out) base::log_info("event=eviction" + about(eviction, *why));
  write_down([&] { store::finish_eviction(database, eviction); });
  return true;
}

bool is_there(const access::Participant& one) { return !one.disconnected_at.has_value(); }

void leave(access::Participant& one, std::chrono::sys_seconds now) {
  one.disconnected_at = std::max(now, one.connected_at);
  one.duration = (*one.disconnected_at - one.connected_at).count();
}

void end(access::RoomSession& session, std::chrono::sys_seconds now) {
  session.status = access::SessionStatus::completed;
  session.duration = std::max(now - session.created_at, std::chrono::seconds{0}).count();
  for (access::Participant& one : session.participants) {
    if (is_there(one)) leave(one, now);
  }
}

// Of a session: whom to put out, and where he sits. Nobody of his own where the room is to end.
struct Unwanted {
  Eviction eviction;
  access::Participant* who = nullptr;
};

std::vector<Unwanted> unwanted_in(access::RoomSession& session, const access::Standing& standing,
                                  const Eviction& of_room) {
  if (session.status != access::SessionStatus::in_progress) return {};
  if (access::given_up(standing)) return {{of_room}};
  std::vector<Unwanted> all;
  for (access::Participant& one : session.participants) {
    if (!is_there(one) || !access::unwelcome(standing, one.identity)) continue;
    all.push_back({of_room, &one});
    all.back().eviction.identity = one.identity;
  }
  return all;
}

void remember_all(store::Database& database, const std::vector<Unwanted>& all) {
  write_down([&] {
    store::Transaction transaction(database);
    for (const Unwanted& one : all) store::put_eviction(transaction, database, one.eviction);
    transaction.commit();
  });
}

}  // namespace

std::optional<Eviction> put_off(store::Transaction& transaction, store::Database& database,
                                const access::Appointment& appointment, const Providers& providers,
                                const std::string& identity, std::chrono::sys_seconds now) {
  const access::Room& room = appointment.room.value();
  provider::Provider& provider = providers.of(room);
  if (!provider.can_evict()) return std::nullopt;
  const bool renames = provider.rooms() != nullptr && provider.rooms()->need_new_name();
  const bool at_once = providers.rooms_of(room) != nullptr;
  return store::begin_eviction(transaction, database,
                               {room.name, identity, room.provider, appointment.id,
                                at_once ? now + store::kEvictionLease : now},
                               renames, now);
}

bool carry_out(store::Database& database, provider::Rooms& rooms, const Eviction& eviction,
               std::chrono::sys_seconds now) {
  return try_to(database, rooms, eviction, {eviction.room, "", eviction.identity}, now);
}

bool shows_unwelcome(store::Database& database, const access::Room& room,
                     const std::optional<access::RoomSession>& session) {
  if (!session || session->status != access::SessionStatus::in_progress) return false;
  auto copy = *session;
  return !unwanted_in(copy, store::standing_of(database, room.name), {}).empty();
}

bool put_out_unwelcome(store::Database& database, provider::Rooms& rooms,
                       const access::Appointment& appointment, access::RoomSession& session,
                       std::chrono::sys_seconds now) {
  const access::Room& room = appointment.room.value();
  const auto all =
      unwanted_in(session, store::standing_of(database, room.name),
                  {room.name, "", room.provider, appointment.id, now + store::kEvictionLease});
  if (all.empty()) return false;
  remember_all(database, all);
  bool any = false;
  for (const Unwanted& one : all) {
    const std::string sid = one.who == nullptr ? "" : one.who->sid;
    const provider::Seat seat{room.name, session.sid, one.eviction.identity, sid};
    if (!try_to(database, rooms, one.eviction, seat, now)) return any;  // the others wait as well
    one.who == nullptr ? end(session, now) : leave(*one.who, now);
    any = true;
  }
  return any;
}

void carry_on(store::Database& database, const Providers& providers, std::chrono::sys_seconds now) {
  database.ready();
  const auto started = Steady::now();
  while (Steady::now() - started < std::chrono::seconds{1}) {
    const auto eviction = store::take_eviction(database, now);
    if (!eviction) return;
    const access::Room room{eviction->room, {}, eviction->provider};
    provider::Rooms* const rooms = providers.rooms_of(room);
    if (rooms != nullptr) {
      if (!carry_out(database, *rooms, *eviction, now)) return;
    } else if (providers.of(room).can_evict()) {
      return store::postpone_eviction(database, *eviction, now);
    } else {
      store::finish_eviction(database, *eviction);
    }
  }
}

}  // namespace roomkey::handlers
