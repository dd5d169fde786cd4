// What a migration makes of the rows that were there.
#include "roomkey/store/audit.hpp"
#include "roomkey/store/rooms.hpp"
#include "roomkey/store/verify.hpp"
#include "support/room.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace sqlite_migrations_test {

using namespace roomkey::store;
using namespace roomkey::test;

const std::string kFirst = sid("RM", '1');
const std::string kSecond = sid("RM", '2');

// A store as the version with schema 7 left it: a visit that is over, and one that has begun.
struct OfSchema7 {
  Folder folder;
  Database database{settings_at(folder.file("roomkey.db"))};
  Raw raw = made();

  Raw made() {
    same(7, database.migrate(7));
    return Raw(database.path());
  }
  OfSchema7() {
    raw.run(
        "PRAGMA foreign_keys = ON;"
        "INSERT INTO users VALUES (2, 'jane.doe@example.com', 'Jane Doe', 'patient', 1),"
        " (19, 'dr.sarah@example.com', 'Dr. Sarah', 'psychologist', 1);"
        "INSERT INTO appointments VALUES (47, 2, 19, 1763283600, 60, 'scheduled', 'telehealth'),"
        " (48, 2, 19, 1763373600, 60, 'scheduled', 'telehealth');"
        "INSERT INTO room_sessions VALUES ('" +
        kFirst + "', 47, 9), ('" + kSecond +
        "', 48, 0);"
        "INSERT INTO room_events VALUES"
        " ('" +
        kFirst + "', 0, 'room-created', 1763283600, '', '', NULL), ('" + kFirst +
        "', 1, 'participant-connected', 1763283610, 'PA1', '2-jane.doe@example.com', NULL), ('" +
        kFirst +
        "', 7, 'participant-disconnected', 1763283700, 'PA1', '2-jane.doe@example.com', 90), ('" +
        kFirst + "', 9, 'room-ended', 1763283800, '', '', NULL), ('" + kSecond +
        "', 0, 'room-created', 1763373600, '', '', NULL)");
  }
  [[nodiscard]] std::string rows() {
    return raw.text(
        "SELECT group_concat(row, char(10)) FROM ("
        "SELECT sid || ' ' || appointment_id || ' ' || last_sequence AS row FROM room_sessions"
        " UNION ALL "
        "SELECT session_sid || ' ' || sequence || ' ' || event || ' ' || at || ' ' ||"
        " participant_sid || ' ' || identity || ' ' || ifnull(duration, '-') FROM room_events)");
  }
  void refuses(const std::string& sql) {
    throws<std::runtime_error>([&] { raw.run(sql); }, sql);
  }
};

TEST(the_sessions_and_events_of_schema_7_are_there_row_by_row_in_schema_8) {
  OfSchema7 store;
  const std::string before = store.rows();
  expect(contains(before, kFirst + " 7 participant-disconnected 1763283700 PA1"), before);
  same(1, store.database.migrate(8));
  same(before, store.rows());
  same("1", store.raw.text("SELECT count(*) FROM sqlite_schema WHERE name ="
                           " 'room_sessions_of_appointment' AND tbl_name = 'room_sessions'"));
  same("0", store.raw.text("SELECT count(*) FROM sqlite_schema WHERE name LIKE '%008%'"
                           " OR sql LIKE '%008%'"));

  store.database.migrate();
  store.database.ready();
  const auto session = latest_room_session(store.database, 47).value();
  same(kFirst, session.sid);
  same("completed", word(session.status));
  same(1U, session.participants.size());
  same(std::optional<std::int64_t>(90), session.participants[0].duration);
  same("in-progress", word(latest_room_session(store.database, 48).value().status));
  same(0U, verify_store(store.database).faults.size());
}

TEST(schema_8_takes_what_a_worker_of_schema_7_writes_and_the_sids_of_others) {
  OfSchema7 store;
  store.database.migrate(8);
  store.raw.run("INSERT INTO room_sessions VALUES ('" + sid("RM", '3') +
                "', 48, 1);"
                "INSERT INTO room_events VALUES ('" +
                sid("RM", '3') + "', 1, 'room-created', 1763373700, '', '', NULL)");
  store.raw.run("INSERT INTO room_sessions VALUES ('RM_abc', 48, 0), ('" + std::string(64, 'x') +
                "', 48, 0)");
  store.refuses("INSERT INTO room_sessions VALUES ('', 48, 0)");
  store.refuses("INSERT INTO room_sessions VALUES ('" + std::string(65, 'x') + "', 48, 0)");
  store.refuses("INSERT INTO room_sessions VALUES ('RM_of_nobody', 49, 0)");
  store.refuses("INSERT INTO room_sessions VALUES ('" + kFirst + "', 48, 0)");
  store.refuses("INSERT INTO room_events VALUES ('RM_none', 0, 'room-ended', 1, '', '', NULL)");
  store.refuses("INSERT INTO room_events VALUES ('" + kFirst + "', 9, 'room-ended', 1, '', '', 1)");
  store.refuses("INSERT INTO room_events VALUES ('RM_abc', 0, 'track-added', 1, '', '', NULL)");
  store.refuses("DELETE FROM room_sessions WHERE sid = '" + kFirst + "'");
}

// The rule is in other words, the rows are not touched, and who had the store open goes on.
TEST(schema_11_has_the_audit_of_schema_10_with_the_same_rules) {
  const Folder folder;
  Database database(settings_at(folder.file("roomkey.db")));
  same(10, database.migrate(10));
  database.ready(Schema::older);
  append_three(database);
  Raw raw(database.path());
  const auto rows = [&] {
    return raw.text("SELECT group_concat(id || ' ' || outcome || ' ' || hex(hash)) FROM audit");
  };
  const std::string before = rows();
  same(1, Database(database.settings()).migrate(11));
  same(before, rows());
  append_audit(database, event_at(kNine + 3s));
  Database now(database.settings());
  now.migrate();
  append_audit(now, event_at(kNine + 4s));
  same(0U, verify_store(now).faults.size());
  same("5", raw.text("SELECT id FROM audit_head"));

  const auto refused = [&](const std::string& id, const std::string& outcome) {
    return throws<std::runtime_error>([&] {
      raw.run("INSERT INTO audit (id, at, request_id, action, outcome, hash) VALUES (" + id +
              ", 1, 'a', 'b', '" + outcome + "', zeroblob(32))");
    });
  };
  expect(contains(refused("6", "given"), "CHECK constraint failed"), refused("6", "given"));
  expect(contains(refused("7", "granted"), "append-only"), refused("7", "granted"));
}

}  // namespace sqlite_migrations_test
