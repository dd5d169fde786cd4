#include "roomkey/store/users.hpp"

#include "store/many.hpp"
#include "store/query.hpp"

namespace roomkey::store {

namespace {

constexpr const char* kOneUser = "SELECT id, email, name, role, active FROM users WHERE id = ?";

access::User user_from(const Query& row) {
  const auto role = access::parse_role(row.text(3));
  if (!role) throw base::Unavailable("the store: a user has a role that is unknown");
  return {row.integer(0), row.text(1), row.text(2), *role, row.integer(4) != 0};
}

// Of rooms of which the provider told anything, while their appointment is open.
void put_out_everywhere(Database& database, const access::User& user) {
  Query room(database,
             "SELECT r.name, r.provider, a.id FROM appointments a"
             " JOIN rooms r ON r.appointment_id = a.id"
             " WHERE (patient_id = ?1 OR psychologist_id = ?1)"
             " AND status IN ('scheduled', 'confirmed')"
             " AND (EXISTS (SELECT 1 FROM room_sessions s WHERE s.appointment_id = a.id)"
             " OR EXISTS (SELECT 1 FROM room_answers t WHERE t.appointment_id = a.id"
             " AND t.session IS NOT NULL))",
             user.id);
  const access::Identities& identities = database.settings().identities;
  while (room.step()) {
    Query(database,
          "INSERT INTO evictions (room, identity, provider, appointment_id, due_at)"
          " VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
          room.text(0), identities.of(room.integer(2), user.id, user.email), room.text(1),
          room.integer(2))
        .run();
  }
}

}  // namespace

void expect_user(Database& database, std::int64_t id) {
  if (open_store_of(database).connection->is_far()) Query(database, kOneUser, id).expect();
}

std::optional<access::User> find_user(Database& database, std::int64_t id) {
  Query query(database, kOneUser, id);
  if (!query.step()) return std::nullopt;
  return user_from(query);
}

void each_user_of(Database& database, const std::vector<std::int64_t>& ids,
                  const std::function<void(access::User)>& use) {
  constexpr const char* kSql =
      "SELECT id, email, name, role, active FROM users WHERE id IN (" ROOMKEY_MANY ")";
  each_of_many(database, kSql, std::span(ids), [&](const Query& row) { use(user_from(row)); });
}

bool put_user(Transaction&, Database& database, const access::User& user) {
  return put_user(database, user, find_user(database, user.id), Hear::now);
}

bool put_user(Database& database, const access::User& user,
              const std::optional<access::User>& before, Hear when) {
  Query(database,
        "INSERT INTO users (id, email, name, role, active) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name,"
        " role = excluded.role, active = excluded.active",
        user.id, user.email, user.name, access::word(user.role), std::int64_t{user.active})
      .run(when);
  if (before && before->active && !user.active) put_out_everywhere(database, *before);
  return !before;
}

void each_user(Database& database, const std::function<void(const access::User&)>& use) {
  const Reading reading(database);
  Query query(database, "SELECT id, email, name, role, active FROM users ORDER BY id");
  while (query.step()) use(user_from(query));
}

}  // namespace roomkey::store
