#include "roomkey/store/rooms.hpp"

#include "query.hpp"
#include "roomkey/base/clock.hpp"

namespace roomkey::store {

namespace {

access::RoomEvent event_from(const Query& row) {
  const auto kind = access::parse_room_event(row.text(1));
  if (!kind) throw base::Unavailable("the store: a room event is unknown");
  return {row.integer(0), *kind,       base::from_unix(row.integer(2)),
          row.text(3),    row.text(4), row.optional_integer(5)};
}

std::vector<access::RoomEvent> events_of(Database& database, const std::string& sid) {
  std::vector<access::RoomEvent> events;
  Query query(database,
              "SELECT sequence, event, at, participant_sid, identity, duration FROM room_events"
              " WHERE session_sid = ? ORDER BY sequence",
              sid);
  while (query.step()) events.push_back(event_from(query));
  return events;
}

}  // namespace

bool put_room_event(Transaction&, Database& database, std::int64_t appointment_id,
                    const std::string& sid, std::int64_t sequence,
                    const std::optional<access::RoomEvent>& event) {
  Query(database,
        "INSERT INTO room_sessions VALUES (?, ?, ?) ON CONFLICT (sid) DO UPDATE"
        " SET last_sequence = excluded.last_sequence WHERE last_sequence < excluded.last_sequence",
        sid, appointment_id, sequence)
      .run();
  if (!event) return true;
  Query insert(database,
               "INSERT INTO room_events VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
               " RETURNING 1",
               sid, event->sequence, access::word(event->kind), base::unix_seconds(event->at),
               event->participant_sid, event->identity, event->duration);
  const bool made = insert.step();
  while (made && insert.step()) continue;
  return made;
}

std::optional<access::RoomSession> latest_room_session(Database& database,
                                                       std::int64_t appointment_id) {
  std::string sid;
  {
    Query query(database,
                "SELECT sid FROM room_sessions JOIN room_events ON session_sid = sid"
                " WHERE appointment_id = ? GROUP BY sid ORDER BY min(at) DESC, sid DESC LIMIT 1",
                appointment_id);
    if (!query.step()) return std::nullopt;
    sid = query.text(0);
  }
  return access::fold(sid, events_of(database, sid));
}

}  // namespace roomkey::store
