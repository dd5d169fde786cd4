#include "roomkey/store/visitors.hpp"

#include "roomkey/base/clock.hpp"
#include "store/query.hpp"

namespace roomkey::store {

namespace {

using access::Admission;
using access::Visitor;

constexpr std::chrono::seconds kBetweenSigns{5};

std::optional<std::chrono::sys_seconds> time_of(const std::optional<std::int64_t>& seconds) {
  return seconds ? std::optional(base::from_unix(*seconds)) : std::nullopt;
}

Visitor visitor_from(const Query& row) {
  const auto admission = access::parse_admission(row.text(1));
  if (!admission) throw base::Unavailable("the store: a visitor has a state that is unknown");
  return {row.text(0), *admission, time_of(row.optional_integer(2)),
          time_of(row.optional_integer(3))};
}

}  // namespace

std::optional<Visitor> find_visitor(Database& database, std::int64_t appointment_id,
                                    std::string_view who) {
  Query query(database,
              "SELECT visitor, state, waiting_since, last_seen FROM visitors"
              " WHERE appointment_id = ? AND visitor = ?",
              appointment_id, who);
  if (!query.step()) return std::nullopt;
  return visitor_from(query);
}

std::vector<Visitor> visitors_of(Database& database, std::int64_t appointment_id) {
  std::vector<Visitor> all;
  Query query(database,
              "SELECT visitor, state, waiting_since, last_seen FROM visitors"
              " WHERE appointment_id = ? ORDER BY waiting_since IS NULL, waiting_since, visitor",
              appointment_id);
  while (query.step()) all.push_back(visitor_from(query));
  return all;
}

std::vector<std::string> denied_at(Database& database, std::int64_t appointment_id) {
  std::vector<std::string> all;
  Query query(database,
              "SELECT visitor FROM visitors WHERE appointment_id = ? AND state = 'denied'",
              appointment_id);
  while (query.step()) all.push_back(query.text(0));
  return all;
}

Sign sign_of(const std::optional<Visitor>& visitor, std::chrono::sys_seconds now) {
  if (!visitor || !visitor->still_waits(now)) return Sign::began_to_wait;
  return now - *visitor->last_seen < kBetweenSigns ? Sign::nothing : Sign::still_there;
}

void note_sign(Transaction&, Database& database, std::int64_t appointment_id, std::string_view who,
               Sign sign, std::chrono::sys_seconds now) {
  const std::int64_t second = base::unix_seconds(now);
  switch (sign) {
    case Sign::nothing: return;
    case Sign::still_there:
      Query(database,
            "UPDATE visitors SET last_seen = ? WHERE appointment_id = ? AND visitor = ?"
            " AND state = 'waiting'",
            second, appointment_id, who)
          .run();
      return;
    case Sign::began_to_wait:
      Query(
          database,
          "INSERT INTO visitors (appointment_id, visitor, state, waiting_since, last_seen)"
          " VALUES (?1, ?2, 'waiting', ?3, ?3) ON CONFLICT (appointment_id, visitor) DO UPDATE SET"
          " state = 'waiting', waiting_since = excluded.waiting_since,"
          " last_seen = excluded.last_seen WHERE visitors.state = 'waiting'",
          appointment_id, who, second)
          .run();
      return;
  }
}

void note_entry(Database& database, std::int64_t appointment_id, std::string_view who,
                std::chrono::sys_seconds now) {
  Transaction transaction(database);
  Query(database,
        "INSERT INTO visitors (appointment_id, visitor, state, last_seen)"
        " VALUES (?1, ?2, 'admitted', ?3) ON CONFLICT (appointment_id, visitor) DO UPDATE SET"
        " state = 'admitted', last_seen = excluded.last_seen WHERE visitors.state <> 'denied'",
        appointment_id, who, base::unix_seconds(now))
      .run();
  transaction.commit();
}

bool decide_visitor(Transaction&, Database& database, std::int64_t appointment_id,
                    std::string_view who, Admission admission) {
  return Query(database,
               "INSERT INTO visitors (appointment_id, visitor, state) VALUES (?, ?, ?)"
               " ON CONFLICT (appointment_id, visitor) DO UPDATE SET state = excluded.state"
               " WHERE visitors.state <> excluded.state",
               appointment_id, who, access::word(admission))
             .changed() > 0;
}

Denial deny_visitor(Transaction& transaction, Database& database, std::int64_t appointment_id,
                    std::string_view who, access::WaitingRoom mode) {
  const auto before = find_visitor(database, appointment_id, who);
  const bool may_be_in =
      mode == access::WaitingRoom::off || (before && before->admission == Admission::admitted);
  const bool is_new = decide_visitor(transaction, database, appointment_id, who, Admission::denied);
  return {is_new, is_new && may_be_in};
}

}  // namespace roomkey::store
