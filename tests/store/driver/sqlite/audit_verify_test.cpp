#include "roomkey/crypto/digest.hpp"
#include "roomkey/store/verify.hpp"
#include "support/cut.hpp"
#include "support/test.hpp"

namespace audit_verify_test {

using namespace roomkey::store;
using namespace roomkey::test;

// A store with one cut and without the triggers that guard it.
struct Unguarded : Cut<FileStore> {
  Raw raw = other_program();
  Unguarded() { raw.drop_triggers(); }
  std::string fault_after(const std::string& sql) {
    raw.run(sql);
    return verify_audit(database).fault;
  }
};

TEST(a_forged_cut_shows) {
  const std::string further =
      "DELETE FROM audit WHERE id = 4; UPDATE audit_cuts SET last_event = 4, events = 4";
  struct Case {
    std::string sql, fault;
  };
  for (const auto& [sql, fault] :
       {Case{"DELETE FROM audit WHERE id = 4", "event 4 is missing"},
        Case{"DELETE FROM audit_cuts", "event 1 is missing"},
        Case{"DELETE FROM audit WHERE id = 6", "the end was cut off after event 5"},
        Case{"UPDATE audit_cuts SET last_hash = zeroblob(32)", "cut 1 was changed"},
        Case{"UPDATE audit_cuts SET reason = 'x'", "cut 1 was changed"},
        Case{"UPDATE audit_cuts SET signed_by = 'x'", "cut 1 was changed"},
        Case{"UPDATE audit_cuts SET at = at + 1", "cut 1 was changed"},
        Case{"UPDATE audit_cuts SET witness = 5", "cut 1 was changed"},
        Case{"UPDATE audit_cuts SET hash = zeroblob(32)", "cut 1 was changed"},
        Case{"UPDATE audit_cuts SET id = 2", "cut 1 is missing"},
        Case{further, "cut 1 was changed"},
        Case{"INSERT INTO audit_cuts SELECT 2, at, 5, last_hash, 2, signed_by, reason, witness,"
             " hash FROM audit_cuts",
             "cut 2 was changed"}}) {
    Unguarded store;
    same(0, store.fault_after(sql).find(fault), sql + ": " + store.fault_after(""));
  }
}

// Hash of a cut as docs/architecture.md has it, in SQL's terms: what a forger can compute as well.
std::string rehashed(const AuditCut& cut) {
  std::string text(32, '\0');
  for (const std::string& field :
       {std::to_string(cut.id), std::to_string(roomkey::base::unix_seconds(cut.at)),
        std::to_string(cut.last_event), roomkey::crypto::to_hex(cut.last_hash),
        std::to_string(cut.events), cut.signed_by, cut.reason, std::to_string(cut.witness)}) {
    text += std::to_string(field.size()) + ':' + field + ',';
  }
  return roomkey::crypto::to_hex(roomkey::crypto::sha256(text));
}

TEST(a_cut_that_hashes_right_but_was_not_signed_off_shows) {
  Unguarded store;
  AuditCut cut = audit_cuts(store.database).at(0);
  same(roomkey::crypto::to_hex(cut.hash), rehashed(cut), "as documented");
  cut.reason = "x";
  same("event 6 tells of a cut that is not there",
       store.fault_after("UPDATE audit_cuts SET reason = 'x', hash = x'" + rehashed(cut) + "'"));
}

TEST(events_taken_out_under_a_cut_of_one_s_own_show) {
  FileStore store;
  append_days(store.database, {0, 1, 2});
  const auto first = audit_of(store.database).at(0);
  const AuditCut cut{1, kNow, 1, first.hash, 1, "me", "x", 2, ""};
  Raw raw = store.other_program();
  raw.run("DROP TRIGGER audit_cuts_are_witnessed; INSERT INTO audit_cuts VALUES (1, " +
          std::to_string(roomkey::base::unix_seconds(kNow)) + ", 1, x'" +
          roomkey::crypto::to_hex(first.hash) + "', 1, 'me', 'x', 2, x'" + rehashed(cut) +
          "'); DELETE FROM audit WHERE id = 1");
  same("no event tells of cut 1", verify_audit(store.database).fault);
}

TEST(a_removal_that_was_broken_off_holds_and_is_finished) {
  FileStore store;
  append_days(store.database, {0, 1, 2, 3, 4});
  Raw raw = store.other_program();
  raw.run("CREATE TABLE kept AS SELECT * FROM audit");
  prune(store.database, kNine + 3 * 24h, sign_off());
  const std::string guard =
      raw.text("SELECT sql FROM sqlite_schema WHERE name = 'audit_has_no_gap'");
  const std::string head =
      raw.text("SELECT sql FROM sqlite_schema WHERE name = 'audit_moves_its_head'");
  raw.run(
      "DROP TRIGGER audit_has_no_gap; DROP TRIGGER audit_moves_its_head;"
      "INSERT INTO audit SELECT * FROM kept WHERE id IN (2, 3); DROP TABLE kept;" +
      guard + ';' + head);
  same("2 3 4 5 6 ", ids_of(store.database));
  same("", verify_audit(store.database).fault);
  same(0, verify_store(store.database).faults.size());
  prune(store.database, kNine, sign_off());
  same("4 5 6 ", ids_of(store.database), "no new cut");
  same("", verify_audit(store.database).fault);
}

TEST(what_is_put_back_before_a_cut_must_lead_up_to_it) {
  Unguarded store;
  const std::string row = " FROM audit WHERE id = 4";
  same("event 3 is not the one of cut 1",
       store.fault_after("INSERT INTO audit SELECT 3, at, request_id, user_id, appointment_id,"
                         " action, outcome, reason, expires_at, hash, mac" +
                         row));
  same("event 3 was changed",
       store.fault_after("INSERT INTO audit SELECT 2, at, request_id, user_id, appointment_id,"
                         " action, outcome, reason, expires_at, hash, mac" +
                         row));
}

TEST(an_audit_that_does_not_hold_is_left_as_it_is) {
  Unguarded store;
  store.raw.run("UPDATE audit SET user_id = 3 WHERE id = 4");
  expect(contains(throws<roomkey::base::Unavailable>(
                      [&] { prune(store.database, kNow, sign_off(kNow + 100 * 24h)); }),
                  "event 4 was changed"));
  same("4 5 6 ", ids_of(store.database));
}

}  // namespace audit_verify_test
