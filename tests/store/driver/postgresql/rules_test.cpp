// The store's rules hold for every program, and what was undone of them shows.
#include "roomkey/store/verify.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace postgresql_rules_test {

using namespace roomkey::store;
using namespace roomkey::test;

struct Served {
  PostgresGround ground;
  Database database{ground.shared()};
  RawPostgres raw{database.settings()};
  Served() { fill(database); }

  void refuses(const std::string& sql) {
    try {
      raw.run(sql);
    } catch (const std::exception&) {
      return;
    }
    expect(false, "was taken: " + sql);
  }
  std::string verdict() {
    std::string all;
    for (const auto& fault : verify_store(database).faults) all += fault + '\n';
    return all;
  }
};

TEST(postgresql_refuses_to_change_what_was_written) {
  Served store;
  append_three(store.database);
  const std::string row = "0, 'x', NULL, NULL, 'x', 'granted', NULL, NULL, sha256('x'), NULL)";
  const auto rows = [&](const std::string& one, const std::string& other) {
    return "INSERT INTO audit VALUES (" + one + ", " + row + ", (" + other + ", " + row;
  };
  for (const std::string& sql :
       {std::string("UPDATE audit SET reason = 'x' WHERE id = 1"), std::string("DELETE FROM audit"),
        std::string("DELETE FROM audit WHERE id = 3"), std::string("TRUNCATE audit"),
        "INSERT INTO audit VALUES (3, " + row, "INSERT INTO audit VALUES (9, " + row,
        rows("4", "6"), rows("5", "6"), rows("3", "4"), rows("0", "4"),
        "WITH one AS (INSERT INTO audit VALUES (5, " + row + ") " +
            "INSERT INTO audit VALUES (6, " + row,
        std::string("UPDATE audit_head SET id = 2"),
        std::string("UPDATE audit_head SET id = id + 1"),
        std::string("UPDATE audit_head SET hash = sha256('x')"),
        std::string("INSERT INTO audit_head VALUES (2, 0, sha256('x'))"),
        std::string("DELETE FROM audit_head"), std::string("TRUNCATE audit_head"),
        std::string("INSERT INTO audit_cuts VALUES (1, 0, 1, (SELECT hash FROM audit WHERE id = 1),"
                    " 1, 'x', 'x', 3, sha256('x'))"),
        std::string("TRUNCATE audit_cuts")}) {
    store.refuses(sql);
  }
  same("", verify_audit(store.database).fault);
  same(3, verify_audit(store.database).events);
  same("", store.verdict());
}

TEST(postgresql_moves_the_head_once_for_all_events_of_a_statement) {
  Served store;
  append_three(store.database);
  const std::string events =
      "INSERT INTO audit SELECT 3 + number, 0, 'x', NULL, NULL, 'x', 'granted', NULL, NULL,"
      " sha256('x'), NULL FROM generate_series(";
  store.raw.run(events + "1, 0) number");
  same(3, audit_head(store.database).id);
  store.raw.run("BEGIN; SAVEPOINT before; " + events + "5, 1, -1) number; ROLLBACK TO before; " +
                events + "1, 4) number; COMMIT");
  same(7, audit_head(store.database).id);
  append_audit(store.database, event_at(kNine));
  same(8, audit_head(store.database).id);
}

TEST(postgresql_takes_no_event_without_a_mac_behind_one_that_has_it) {
  Served store;
  append_three(store.database);
  const auto events = [](const std::string& numbers, const std::string& mac) {
    return "INSERT INTO audit SELECT number, 0, 'x', NULL, NULL, 'x', 'granted', NULL, NULL, "
           "sha256('x'), " +
           mac + " FROM generate_series(" + numbers + ") number";
  };
  store.refuses(events("4, 6", "CASE WHEN number = 5 THEN sha256('x') END"));
  store.raw.run(events("4, 6", "CASE WHEN number > 4 THEN sha256('x') END"));
  store.refuses(events("7, 7", "NULL"));
  store.refuses(events("7, 8", "CASE WHEN number = 8 THEN sha256('x') END"));
  store.raw.run(events("7, 8", "sha256('x')"));
  same(8, audit_head(store.database).id);
}

TEST(postgresql_s_tables_have_their_rules) {
  Served store;
  for (const std::string sql :
       {"INSERT INTO users VALUES (0, 'a@b', 'A', 'patient', 1)",
        "INSERT INTO users VALUES (3, '', 'A', 'patient', 1)",
        "INSERT INTO users VALUES (3, NULL, 'A', 'patient', 1)",
        "INSERT INTO users VALUES (3, 'a@b', 'A', 'doctor', 1)",
        "INSERT INTO users VALUES (3, 'a@b', 'A', 'patient', 2)", "DELETE FROM users WHERE id = 2",
        "UPDATE users SET id = 3 WHERE id = 2",
        "INSERT INTO appointments VALUES (48, 2, 2, 0, 60, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 20, 0, 60, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 19, -1, 60, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 19, 253402300800, 60, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 19, 0, 1441, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 19, 0, 60, 'canceled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 19, 0, 60, 'scheduled', 'video')",
        "DELETE FROM appointments WHERE id = 47", "INSERT INTO rooms VALUES (47, 'another', 0)",
        "INSERT INTO rooms VALUES (48, 'no appointment', 0)", "UPDATE rooms SET name = ''"}) {
    store.refuses(sql);
  }
}

TEST(a_guard_that_is_gone_or_off_shows) {
  for (const char* const change :
       {"DROP TRIGGER audit_is_not_deleted ON audit",
        "ALTER TABLE audit DISABLE TRIGGER audit_is_not_changed",
        "ALTER TABLE appointments DISABLE TRIGGER ALL",
        "CREATE OR REPLACE FUNCTION refuse_audit() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RETURN NEW; END'",
        "CREATE RULE nothing AS ON INSERT TO evictions DO INSTEAD NOTHING",
        "ALTER TABLE users DROP CONSTRAINT users_role_check",
        "DROP INDEX room_sessions_of_appointment", "ALTER TABLE users ADD COLUMN more TEXT",
        "CREATE TABLE more (id INT)", "ALTER TABLE audit ALTER COLUMN request_id DROP NOT NULL"}) {
    Served store;
    same("", store.verdict());
    store.raw.run(change);
    same("the schema is not the one that roomkey made\n", store.verdict(), change);
  }
}

TEST(a_row_that_points_to_nothing_shows) {
  Served store;
  store.raw.run("SET session_replication_role = replica; DELETE FROM appointments WHERE id = 47");
  same("1 rows of rooms point to nothing\n", store.verdict());
}

// A change by whoever may put the guards aside.
TEST(a_chain_that_was_changed_in_postgresql_shows) {
  for (const auto& [change, fault] : std::initializer_list<std::pair<const char*, const char*>>{
           {"UPDATE audit SET user_id = 3 WHERE id = 2", "audit: event 2 was changed\n"},
           {"UPDATE audit SET reason = NULL WHERE id = 3", "audit: event 3 was changed\n"},
           {"DELETE FROM audit WHERE id = 2", "audit: event 2 is missing\n"}}) {
    Served store;
    append_three(store.database);
    store.raw.run(std::string("SET session_replication_role = replica; ") + change);
    same(fault, store.verdict(), change);
  }
}

}  // namespace postgresql_rules_test
