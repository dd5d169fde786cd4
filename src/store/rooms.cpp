#include "roomkey/store/rooms.hpp"

#include <variant>

#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "store/query.hpp"

namespace roomkey::store {

namespace {

access::RoomEvent room_event_from(const Query& row) {
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
  while (query.step()) events.push_back(room_event_from(query));
  return events;
}

using Seconds = std::optional<std::chrono::sys_seconds>;

std::optional<std::int64_t> seconds(const Seconds& time) {
  return time ? std::optional(base::unix_seconds(*time)) : std::nullopt;
}

std::string json_of(const access::RoomSession& session) {
  base::JsonArray people;
  for (const access::Participant& one : session.participants) {
    people.add_raw(base::JsonObject()
                       .add("sid", one.sid)
                       .add("identity", one.identity)
                       .add("connected_at", base::unix_seconds(one.connected_at))
                       .add("disconnected_at", seconds(one.disconnected_at))
                       .add("duration", one.duration)
                       .add("reconnecting", one.reconnecting)
                       .text());
  }
  return base::JsonObject()
      .add("sid", session.sid)
      .add("status", access::word(session.status))
      .add("created_at", base::unix_seconds(session.created_at))
      .add("duration", session.duration)
      .add("as_of", base::unix_seconds(session.as_of))
      .add_raw("participants", people.text())
      .text();
}

Seconds time_of(const Json::Value& value) {
  const auto number = base::integer(value);
  return number ? Seconds(base::from_unix(*number)) : std::nullopt;
}

access::RoomSession session_from(const Json::Value& json) {
  access::RoomSession session;
  session.sid = base::string_member(json, "sid").value();
  session.status =
      access::parse_session_status(base::string_member(json, "status").value()).value();
  session.created_at = time_of(json["created_at"]).value();
  session.duration = base::integer(json["duration"]);
  session.as_of = time_of(json["as_of"]).value();
  for (const Json::Value& one : json["participants"]) {
    session.participants.push_back(
        {base::string_member(one, "sid").value(), base::string_member(one, "identity").value(),
         time_of(one["connected_at"]).value(), time_of(one["disconnected_at"]),
         base::integer(one["duration"]), one["reconnecting"] == true});
  }
  return session;
}

}  // namespace

bool put_room_event(Transaction&, Database& database, std::int64_t appointment_id,
                    const std::string& sid, std::int64_t sequence,
                    const std::optional<access::RoomEvent>& event) {
  Query(database,
        "INSERT INTO room_sessions VALUES (?, ?, ?) ON CONFLICT (sid) DO UPDATE"
        " SET last_sequence = excluded.last_sequence"
        " WHERE room_sessions.last_sequence < excluded.last_sequence",
        sid, appointment_id, sequence)
      .run();
  if (!event) return false;
  return Query(database,
               "INSERT INTO room_events VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", sid,
               event->sequence, access::word(event->kind), base::unix_seconds(event->at),
               event->participant_sid, event->identity, event->duration)
             .changed() > 0;
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

bool may_tell_of(Database& database, std::int64_t appointment_id, std::string_view identity) {
  return Query(database,
               "SELECT 1 WHERE EXISTS (SELECT 1 FROM room_sessions JOIN room_events"
               " ON session_sid = sid WHERE appointment_id = ? AND identity = ?) OR EXISTS"
               " (SELECT 1 FROM room_answers WHERE appointment_id = ? AND session IS NOT NULL)",
               appointment_id, identity, appointment_id)
      .step();
}

bool take_turn_to_ask(Database& database, std::int64_t appointment_id, std::chrono::sys_seconds now,
                      std::chrono::seconds pause) {
  Transaction transaction(database);
  const bool taken =
      Query(database,
            "INSERT INTO room_answers (appointment_id, asked_at) VALUES (?, ?)"
            " ON CONFLICT (appointment_id) DO UPDATE SET asked_at = excluded.asked_at"
            " WHERE room_answers.asked_at NOT BETWEEN ? AND ?",
            appointment_id, base::unix_seconds(now), base::unix_seconds(now - pause) + 1,
            base::unix_seconds(now + pause))  // asked by one whose second is a later one
          .changed() > 0;
  transaction.commit();
  return taken;
}

void put_room_answer(Transaction&, Database& database, std::int64_t appointment_id,
                     const access::RoomSession& session) {
  Query(database,
        "INSERT INTO room_answers VALUES (?, ?, ?) ON CONFLICT (appointment_id) DO UPDATE SET"
        " asked_at = excluded.asked_at, session = excluded.session"
        " WHERE excluded.asked_at >= room_answers.asked_at",  // not over the answer to a later
                                                              // question
        appointment_id, base::unix_seconds(session.as_of), json_of(session))
      .run();
}

std::optional<access::RoomSession> room_answer(Database& database, std::int64_t appointment_id) {
  Query query(database,
              "SELECT session FROM room_answers WHERE appointment_id = ? AND session IS NOT NULL",
              appointment_id);
  if (!query.step()) return std::nullopt;
  try {
    return session_from(base::parse_json_object(query.text(0)).value());
  } catch (const std::logic_error&) {  // a member is missing, or of another type
  } catch (const std::bad_variant_access&) {
  }
  throw base::Unavailable("the store: what the provider answered can't be read");
}

}  // namespace roomkey::store
