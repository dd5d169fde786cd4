#include "store/rooms_of.hpp"

#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/store/appointments.hpp"
#include "store/query.hpp"

namespace roomkey::store {

access::Room new_room(std::int64_t appointment_id, const std::string& provider,
                      std::chrono::sys_seconds now) {
  return {"apt-" + std::to_string(appointment_id) + '-' + std::to_string(base::unix_seconds(now)) +
              '-' + crypto::random_hex(4),
          now, provider};
}

std::optional<access::Room> find_room(Database& database, std::int64_t appointment_id) {
  Query query(database, "SELECT name, created_at, provider FROM rooms WHERE appointment_id = ?",
              appointment_id);
  if (!query.step()) return std::nullopt;
  return access::Room{query.text(0), base::from_unix(query.integer(1)), query.text(2)};
}

void put_room(Database& database, std::int64_t appointment_id, const access::Room& room,
              Hear when) {
  Query(database,
        "INSERT INTO rooms (appointment_id, name, created_at, provider) SELECT ?1, ?2, ?3, ?4"
        " WHERE NOT EXISTS (SELECT 1 FROM former_rooms WHERE name = ?2)"
        " ON CONFLICT (appointment_id) DO NOTHING",
        appointment_id, room.name, base::unix_seconds(room.created_at),
        room.provider.empty() ? database.settings().room_provider : room.provider)
      .run(when);
}

void end_room(Database& database, std::int64_t appointment_id) {
  Query(database,
        "INSERT INTO evictions (room, identity, provider, appointment_id, due_at)"
        " SELECT name, '', provider, appointment_id, 0 FROM rooms WHERE appointment_id = ?"
        " ON CONFLICT DO NOTHING",
        appointment_id)
      .run();
}

void give_up_room(Database& database, std::int64_t appointment_id) {
  end_room(database, appointment_id);
  Query(database,
        "INSERT INTO former_rooms SELECT name, appointment_id FROM rooms WHERE appointment_id = ?",
        appointment_id)
      .run();
  Query(database, "DELETE FROM rooms WHERE appointment_id = ?", appointment_id).run();
  Query(database,
        "DELETE FROM room_events WHERE session_sid IN"
        " (SELECT sid FROM room_sessions WHERE appointment_id = ?)",
        appointment_id)
      .run();
  Query(database, "DELETE FROM room_sessions WHERE appointment_id = ?", appointment_id).run();
  Query(database, "DELETE FROM room_answers WHERE appointment_id = ?", appointment_id).run();
  Query(database, "DELETE FROM visitors WHERE appointment_id = ? AND state = 'admitted'",
        appointment_id)
      .run();
}

GivenRoom give_room(Database& database, std::int64_t appointment_id, const AuditEvent& event) {
  Transaction transaction(database);
  if (auto room = find_room(database, appointment_id)) return {*room, false};
  const access::Room fresh = new_room(appointment_id, database.settings().room_provider, event.at);
  put_room(database, appointment_id, fresh);
  append_audit(transaction, database, event);
  transaction.commit();
  return {fresh, true};
}

void renew_room(Transaction&, Database& database, std::int64_t appointment_id,
                std::chrono::sys_seconds now) {
  const auto before = find_room(database, appointment_id);
  if (!before) return;
  give_up_room(database, appointment_id);
  put_room(database, appointment_id, new_room(appointment_id, before->provider, now));
}

GivenRoom move_room(Transaction& transaction, Database& database, std::int64_t appointment_id,
                    const std::string& provider, AuditEvent event) {
  const auto before = find_room(database, appointment_id);
  if (before && before->provider == provider) return {*before, false};
  if (before) give_up_room(database, appointment_id);
  const access::Room fresh = new_room(appointment_id, provider, event.at);
  put_room(database, appointment_id, fresh);
  event.reason = base::JsonObject()
                     .add("from", before ? std::optional(before->provider) : std::nullopt)
                     .add("to", provider)
                     .add("video_room_id", fresh.name)
                     .text();
  append_audit(transaction, database, event);
  return {fresh, true};
}

std::vector<std::int64_t> open_rooms_elsewhere(Database& database, std::string_view provider,
                                               std::string_view from, int most) {
  std::vector<std::int64_t> ids;
  Query query(database,
              "SELECT appointment_id FROM rooms JOIN appointments a ON a.id = appointment_id"
              " WHERE provider <> ?1 AND (?2 = '' OR provider = ?2)"
              " AND status IN ('scheduled', 'confirmed') ORDER BY appointment_id LIMIT ?3",
              provider, from, std::int64_t{most});
  while (query.step()) ids.push_back(query.integer(0));
  return ids;
}

std::map<std::string, std::int64_t> count_open_rooms(Database& database) {
  std::map<std::string, std::int64_t> counts;
  Query query(database,
              "SELECT provider, count(*) FROM rooms JOIN appointments a ON a.id = appointment_id"
              " WHERE status IN ('scheduled', 'confirmed') GROUP BY provider");
  while (query.step()) counts[query.text(0)] = query.integer(1);
  return counts;
}

}  // namespace roomkey::store
