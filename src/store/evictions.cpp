#include "roomkey/store/evictions.hpp"

#include <algorithm>

#include "roomkey/base/clock.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/guests.hpp"
#include "roomkey/store/users.hpp"
#include "roomkey/store/visitors.hpp"
#include "store/query.hpp"

namespace roomkey::store {

namespace {

std::optional<Eviction> first_due(Database& database, std::chrono::sys_seconds now) {
  Query query(database,
              "SELECT room, identity, provider, appointment_id, due_at, failures FROM evictions"
              " WHERE due_at <= ? ORDER BY identity = '', failures, due_at LIMIT 1",
              base::unix_seconds(now));
  if (!query.step()) return std::nullopt;
  return Eviction{query.text(0),
                  query.text(1),
                  query.text(2),
                  query.integer(3),
                  base::from_unix(query.integer(4)),
                  query.integer(5)};
}

}  // namespace

void put_eviction(Transaction&, Database& database, const Eviction& eviction) {
  Query(database,
        "INSERT INTO evictions (room, identity, provider, appointment_id, due_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (room, identity) DO UPDATE SET"
        " due_at = excluded.due_at",
        eviction.room, eviction.identity, eviction.provider, eviction.appointment_id,
        base::unix_seconds(eviction.due_at))
      .run();
}

Eviction begin_eviction(Transaction& transaction, Database& database, Eviction eviction,
                        bool renames, std::chrono::sys_seconds now) {
  if (renames) {
    renew_room(transaction, database, eviction.appointment_id, now);
    eviction.identity.clear();
  }
  put_eviction(transaction, database, eviction);
  return eviction;
}

std::optional<Eviction> take_eviction(Database& database, std::chrono::sys_seconds now) {
  if (!first_due(database, now)) return std::nullopt;
  Transaction transaction(database);
  auto eviction = first_due(database, now);
  if (!eviction) return std::nullopt;  // another was quicker
  eviction->due_at = now + kEvictionLease;
  Query(database, "UPDATE evictions SET due_at = ? WHERE room = ? AND identity = ?",
        base::unix_seconds(eviction->due_at), eviction->room, eviction->identity)
      .run();
  transaction.commit();
  return eviction;
}

void finish_eviction(Database& database, const Eviction& eviction) {
  Transaction transaction(database);
  Query(database, "DELETE FROM evictions WHERE room = ? AND identity = ? AND due_at = ?",
        eviction.room, eviction.identity, base::unix_seconds(eviction.due_at))
      .run();
  transaction.commit();
}

void postpone_eviction(Database& database, const Eviction& eviction, std::chrono::sys_seconds now) {
  constexpr std::int64_t kMostDoublings = 5;
  const auto pause =
      std::chrono::seconds{std::int64_t{1} << std::min(eviction.failures, kMostDoublings)};
  const std::int64_t then = base::unix_seconds(now + pause);
  Transaction transaction(database);
  Query(database,
        "UPDATE evictions SET due_at = ?, failures = ? WHERE room = ? AND identity = ?"
        " AND due_at = ?",
        then, eviction.failures + 1, eviction.room, eviction.identity,
        base::unix_seconds(eviction.due_at))
      .run();
  Query(database, "UPDATE evictions SET due_at = ?1 WHERE provider = ?2 AND due_at < ?1", then,
        eviction.provider)
      .run();
  transaction.commit();
}

std::int64_t count_evictions(Database& database) {
  Query query(database, "SELECT count(*) FROM evictions");
  return query.step() ? query.integer(0) : 0;
}

access::Standing standing_of(Database& database, const std::string& room) {
  access::Standing standing{
      find_appointment_by_room(database, room), {}, {}, {}, database.settings().identities};
  if (!standing.appointment) return standing;
  standing.denied = denied_at(database, standing.appointment->id);
  standing.guests = guests_of(database, standing.appointment->id);
  for (const std::int64_t id :
       {standing.appointment->patient_id, standing.appointment->psychologist_id}) {
    const auto user = find_user(database, id);
    if (user && !user->active) standing.inactive.push_back(id);
  }
  return standing;
}

std::optional<std::int64_t> former_owner(Database& database, const std::string& room) {
  Query query(database, "SELECT appointment_id FROM former_rooms WHERE name = ?", room);
  return query.step() ? std::optional(query.integer(0)) : std::nullopt;
}

}  // namespace roomkey::store
