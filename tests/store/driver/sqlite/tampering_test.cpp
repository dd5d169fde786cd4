// The audit in the hands of another program.
#include "roomkey/store/audit.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace tampering_test {

using namespace roomkey::store;
using namespace roomkey::test;

// A store with three events and the triggers that guard them gone.
struct Unguarded : FileStore {
  Raw raw = other_program();
  Unguarded() {
    append_three(database);
    raw.drop_triggers();
  }
};

TEST(the_file_refuses_to_change_what_was_written) {
  FileStore store;
  append_three(store.database);
  Raw raw = store.other_program();
  const std::string row = "3, 0, 'x', NULL, NULL, 'x', 'granted', NULL, NULL, zeroblob(32), NULL)";
  for (const std::string& sql :
       {std::string("UPDATE audit SET reason = 'x' WHERE id = 1"),
        std::string("UPDATE OR REPLACE audit SET id = 2 WHERE id = 1"),
        std::string("DELETE FROM audit WHERE id = 3"), std::string("DELETE FROM audit"),
        "REPLACE INTO audit VALUES (" + row, "INSERT OR REPLACE INTO audit VALUES (" + row,
        "INSERT INTO audit VALUES (" + row + " ON CONFLICT (id) DO UPDATE SET reason = 'x'",
        std::string("INSERT INTO audit SELECT 9, at, request_id, user_id, appointment_id, action,"
                    " outcome, reason, expires_at, hash, mac FROM audit WHERE id = 1"),
        std::string("UPDATE audit_head SET id = 2"),
        std::string("UPDATE audit_head SET id = id + 1"),
        std::string("UPDATE audit_head SET hash = zeroblob(32)"),
        std::string("REPLACE INTO audit_head VALUES (1, 0, zeroblob(32))"),
        std::string("UPDATE audit_head SET id = 2, hash = (SELECT hash FROM audit WHERE id = 2)"),
        std::string("DELETE FROM audit_head"),
        std::string("INSERT INTO audit_head VALUES"
                    " (2, 0, zeroblob(32))")}) {
    throws<std::runtime_error>([&] { raw.run(sql); }, sql);
  }
  same("", verify_audit(store.database).fault);
  same(3, verify_audit(store.database).events);
}

TEST(a_change_of_any_field_of_any_event_shows) {
  for (const char* const change :
       {"at = at + 1", "request_id = request_id || 'x'", "request_id = ''", "user_id = 3",
        "user_id = coalesce(user_id, 0) + 1", "appointment_id = 48", "action = 'video_room'",
        "outcome = iif(outcome = 'granted', 'refused', 'granted')", "reason = 'x'",
        "reason = iif(reason IS NULL, '', NULL)", "expires_at = 1",
        "expires_at = iif(expires_at IS NULL, 0, NULL)", "hash = zeroblob(32)",
        "user_id = coalesce(appointment_id, 1), appointment_id = user_id",
        "request_id = action, action = request_id"}) {
    for (const std::string id : {"1", "2", "3"}) {
      Unguarded store;
      store.raw.run("UPDATE audit SET " + std::string(change) + " WHERE id = " + id);
      same("event " + id + " was changed", verify_audit(store.database).fault, change);
    }
  }
}

TEST(an_outcome_that_is_unknown_shows) {
  for (const std::string id : {"1", "2", "3"}) {
    Unguarded store;
    store.raw.run_unchecked("UPDATE audit SET outcome = 'Refused' WHERE id = " + id);
    same("event " + id + " was changed", verify_audit(store.database).fault);
    const auto why = throws<roomkey::base::Unavailable>([&] { audit_of(store.database); });
    expect(contains(why, "event " + id) && contains(why, "outcome"), why);
  }
}

TEST(a_hole_shows) {
  for (const std::string id : {"1", "2"}) {
    Unguarded store;
    store.raw.run("DELETE FROM audit WHERE id = " + id);
    same("event " + id + " is missing", verify_audit(store.database).fault);
    store.raw.run("UPDATE audit SET id = id - 1 WHERE id > " + id);
    expect(contains(verify_audit(store.database).fault, "was changed"), "closed up");
  }
}

TEST(a_cut_end_shows) {
  Unguarded store;
  store.raw.run("DELETE FROM audit WHERE id = 3");
  expect(contains(verify_audit(store.database).fault, "cut off after event 2"));
  store.raw.run("DELETE FROM audit");
  expect(contains(verify_audit(store.database).fault, "cut off after event 0"));
  store.raw.run("DELETE FROM audit_head");
  throws<roomkey::base::Unavailable>([&] { static_cast<void>(verify_audit(store.database)); });
}

// Whoever can write the file can move its head as well: then only the head noted elsewhere tells.
TEST(a_cut_end_with_a_forged_head_shows_against_the_head_noted_before) {
  Unguarded store;
  const auto noted = verify_audit(store.database);
  store.raw.run("UPDATE audit_head SET id = 2, hash = (SELECT hash FROM audit WHERE id = 2)");
  store.raw.run("DELETE FROM audit WHERE id = 3");
  const auto forged = verify_audit(store.database);
  expect(forged.events < noted.events && forged.head != noted.head);
}

TEST(a_swapped_order_shows) {
  Unguarded store;
  store.raw.run("UPDATE audit SET id = 9 WHERE id = 1; UPDATE audit SET id = 1 WHERE id = 2");
  store.raw.run("UPDATE audit SET id = 2 WHERE id = 9");
  same("event 1 was changed", verify_audit(store.database).fault);
}

TEST(an_event_put_in_by_hand_shows) {
  Unguarded store;
  store.raw.run(
      "INSERT INTO audit SELECT 4, at, request_id, user_id, appointment_id, action,"
      " outcome, reason, expires_at, hash, mac FROM audit WHERE id = 3");
  same("event 4 was changed", verify_audit(store.database).fault);
}

// A head that does not fit, as after tampering: no more events, so no more tokens.
TEST(a_chain_that_cannot_go_on_makes_the_store_unavailable) {
  Unguarded store;
  store.raw.run("UPDATE audit_head SET id = 1");
  throws<roomkey::base::Unavailable>([&] { append_audit(store.database, event_at(kNine)); });
  same(3, audit_of(store.database).size());
}

// What the traced connection runs next; the second that reads the audit lets another
// event in.
struct Intruder {
  Database* writer;
  int statements = 0;
};
Intruder* intruder = nullptr;

int intrude(unsigned, void*, void* statement, void*) {
  const std::string_view sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
  if (intruder != nullptr && contains(sql, "FROM audit") && ++intruder->statements == 2) {
    append_audit(*intruder->writer, event_at(kNine + 1h));
  }
  return 0;
}

int trace(sqlite3* handle, char**, const void*) {
  return sqlite3_trace_v2(handle, SQLITE_TRACE_STMT, intrude, nullptr);
}

TEST(an_event_that_comes_while_the_chain_is_walked_is_no_fault) {
  FileStore store;
  append_three(store.database);
  Database reader(store.database.settings());
  sqlite3_auto_extension(reinterpret_cast<void (*)()>(trace));
  reader.ready();
  sqlite3_reset_auto_extension();
  Intruder one{&store.database};
  intruder = &one;
  const auto verdict = verify_audit(reader);
  intruder = nullptr;
  same(3, one.statements, "the walk runs three statements: head, cuts, events");
  same("", verdict.fault);
  same(3, verdict.events);
  same(4, verify_audit(reader).events);
}

}  // namespace tampering_test
