#include "roomkey/store/retention.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "store/audit_chain.hpp"

namespace roomkey::store {

namespace {

// Each step is a transaction of some milliseconds; then the workers have their turn for as long.
constexpr std::int64_t kEventsAStep = 2000;
constexpr int kSessionsAStep = 100;

template <typename Work>
void step(Database& database, Work&& work) {
  const auto started = std::chrono::steady_clock::now();
  {
    Transaction transaction(database);
    std::forward<Work>(work)(transaction);
    transaction.commit();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds{1} +
                              (std::chrono::steady_clock::now() - started));
}

std::int64_t number(Database& database, const char* sql, std::int64_t value) {
  Query query(database, sql, value);
  return query.step() && !query.is_null(0) ? query.integer(0) : 0;
}

std::int64_t last_cut(Database& database) {
  return number(database, "SELECT max(last_event) FROM audit_cuts WHERE id > ?", 0);
}

// The last event before the first that is younger; 0 where there is none.
std::int64_t last_event_before(Database& database, std::int64_t before) {
  {
    Query younger(database, "SELECT id FROM audit WHERE at >= ? ORDER BY id LIMIT 1", before);
    if (younger.step()) return younger.integer(0) - 1;
  }
  return read_head(database).id;
}

#define ROOMKEY_ENDED "(SELECT id FROM appointments WHERE starts_at + duration_minutes * 60 < ?1)"
#define ROOMKEY_OLD_SESSIONS                                             \
  "SELECT sid FROM room_sessions WHERE appointment_id IN " ROOMKEY_ENDED \
  " AND NOT EXISTS (SELECT 1 FROM room_events WHERE session_sid = sid AND at >= ?1)"

// No id is given twice, so the highest stays.
#define ROOMKEY_OLD_GUESTS                                                            \
  "SELECT id FROM guests WHERE expires_at < ?1 AND id < (SELECT max(id) FROM guests)" \
  " AND appointment_id IN " ROOMKEY_ENDED

// The denied stay so, but for guests who are gone or go as well.
#define ROOMKEY_OLD_VISITORS                                             \
  " FROM visitors WHERE appointment_id IN " ROOMKEY_ENDED                \
  " AND (last_seen IS NULL OR last_seen < ?1) AND (state <> 'denied'"    \
  " OR visitor LIKE 'guest-%' AND visitor NOT IN (SELECT 'guest-' || id" \
  " FROM guests WHERE id NOT IN (" ROOMKEY_OLD_GUESTS ")))"

// Up to the last cut.
void remove_events(Database& database) {
  const std::int64_t last = last_cut(database);
  while (const auto first = number(database, "SELECT min(id) FROM audit WHERE id <= ?", last)) {
    step(database, [&](Transaction&) {
      Query(database, "DELETE FROM audit WHERE id <= ?", std::min(last, first + kEventsAStep - 1))
          .run();
    });
  }
}

std::string hash_of(Database& database, std::int64_t event) {
  Query query(database, "SELECT hash FROM audit WHERE id = ?", event);
  if (!query.step()) throw base::Unavailable("the store: the audit has lost an event");
  return query.text(0);
}

AuditEvent change(const SignOff& sign_off, std::string_view action, std::string reason) {
  return {.at = sign_off.at,
          .request_id = "cli",
          .action = std::string(action),
          .outcome = Outcome::changed,
          .reason = std::move(reason)};
}

void cut(Transaction& transaction, Database& database, const Prunable& old,
         const SignOff& sign_off) {
  const auto before = audit_cuts(database);
  ChainHead head = read_head(database);
  announce_key(database, head, change(sign_off, kPruneAction, ""));
  AuditCut fresh{.id = static_cast<std::int64_t>(before.size()) + 1,
                 .at = sign_off.at,
                 .last_event = old.last_event,
                 .last_hash = hash_of(database, old.last_event),
                 .events = old.events,
                 .signed_by = sign_off.by,
                 .reason = sign_off.reason,
                 .witness = head.id + 1};
  fresh.hash = chained_hash(before.empty() ? no_hash() : before.back().hash, fresh);
  append_audit(transaction, database, change(sign_off, kPruneAction, testimony(fresh)));
  write_events(transaction, database);  // a cut's witness comes first
  Query(database, "INSERT INTO audit_cuts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", fresh.id,
        base::unix_seconds(fresh.at), fresh.last_event, Blob{fresh.last_hash}, fresh.events,
        fresh.signed_by, fresh.reason, fresh.witness, Blob{fresh.hash})
      .run();
}

// The small tables at once, with the event that tells of all that goes.
void begin_with_rooms(Transaction& transaction, Database& database, std::chrono::sys_seconds before,
                      const Prunable& old, const SignOff& sign_off) {
  append_audit(transaction, database,
               change(sign_off, "room_prune",
                      base::JsonObject()
                          .add("before", base::format_utc(before))
                          .add("sessions", old.sessions)
                          .add("room_events", old.room_events)
                          .add("answers", old.answers)
                          .add("guests", old.guests)
                          .add("visitors", old.visitors)
                          .add("signed_by", sign_off.by)
                          .add("reason", sign_off.reason)
                          .text()));
  const std::int64_t point = base::unix_seconds(before);
  Query(database,
        "DELETE FROM room_answers WHERE asked_at < ?1 AND appointment_id IN " ROOMKEY_ENDED, point)
      .run();
  Query(database, "DELETE" ROOMKEY_OLD_VISITORS, point).run();
  Query(database, "DELETE FROM guests WHERE id IN (" ROOMKEY_OLD_GUESTS ")", point).run();
}

std::vector<std::string> some_old_sessions(Database& database, std::int64_t before) {
  std::vector<std::string> sids;
  Query query(database, ROOMKEY_OLD_SESSIONS " LIMIT ?2", before, std::int64_t{kSessionsAStep});
  while (query.step()) sids.push_back(query.text(0));
  return sids;
}

void remove_sessions(Database& database, std::int64_t before) {
  bool done = false;
  while (!done) {
    step(database, [&](Transaction&) {
      const auto sids = some_old_sessions(database, before);
      for (const std::string& sid : sids) {
        Query(database, "DELETE FROM room_events WHERE session_sid = ?", sid).run();
        Query(database, "DELETE FROM room_sessions WHERE sid = ?", sid).run();
      }
      done = sids.empty();
    });
  }
}

}  // namespace

Prunable prunable(Database& database, std::chrono::sys_seconds before) {
  const std::int64_t point = base::unix_seconds(before);
  Prunable old;
  old.last_event = last_event_before(database, point);
  old.events = std::max<std::int64_t>(0, old.last_event - last_cut(database));
  old.sessions = number(database, "SELECT count(*) FROM (" ROOMKEY_OLD_SESSIONS ") AS old", point);
  old.room_events = number(
      database, "SELECT count(*) FROM room_events WHERE session_sid IN (" ROOMKEY_OLD_SESSIONS ")",
      point);
  old.answers = number(database,
                       "SELECT count(*) FROM room_answers WHERE asked_at < ?1"
                       " AND appointment_id IN " ROOMKEY_ENDED,
                       point);
  old.guests = number(database, "SELECT count(*) FROM (" ROOMKEY_OLD_GUESTS ") AS old", point);
  old.visitors = number(database, "SELECT count(*)" ROOMKEY_OLD_VISITORS, point);
  return old;
}

Prunable prune(Database& database, std::chrono::sys_seconds before, const SignOff& sign_off) {
  if (const auto fault = verify_audit(database).fault; !fault.empty()) {
    throw base::Unavailable("nothing is removed, because the audit does not hold: " + fault);
  }
  driver::Connection& connection = *open_store_of(database).connection;
  connection.begin_wiping();
  // Before the lock is taken: the front of the chain does not change, but for another's prune.
  Prunable old = prunable(database, before);
  step(database, [&](Transaction& transaction) {
    old.events = std::max<std::int64_t>(0, old.last_event - last_cut(database));
    if (old.events > 0) cut(transaction, database, old, sign_off);
    if (old.of_rooms()) begin_with_rooms(transaction, database, before, old, sign_off);
  });
  remove_events(database);
  remove_sessions(database, base::unix_seconds(before));
  connection.end_wiping();
  return old;
}

}  // namespace roomkey::store
