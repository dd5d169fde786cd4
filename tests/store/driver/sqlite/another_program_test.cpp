// What other programs do to the file, and what they can't; of the audit see tampering_test.cpp.
#include "roomkey/store/retention.hpp"
#include "roomkey/store/rooms.hpp"
#include "store/driver/sqlite/backup.hpp"
#include "support/cut.hpp"
#include "support/room.hpp"
#include "support/test.hpp"

namespace another_program_test {

using namespace roomkey::store;
using namespace roomkey::store::driver::sqlite;
using namespace roomkey::test;

TEST(a_role_that_is_unknown_makes_the_store_unavailable) {
  FileStore store;
  store.other_program().run_unchecked("UPDATE users SET role = 'doctor' WHERE id = 2");
  throws<roomkey::base::Unavailable>([&] { static_cast<void>(find_user(store.database, 2)); });
}

TEST(no_room_is_given_without_its_event) {
  FileStore store;
  {
    Transaction transaction(store.database);
    auto appointment = appointment_47();
    appointment.id = 48;
    appointment.room.reset();
    put_appointment(transaction, store.database, appointment);
    transaction.commit();
  }
  store.other_program().run(
      "CREATE TRIGGER no_more BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END");
  throws<roomkey::base::Unavailable>(
      [&] { static_cast<void>(give_room(store.database, 48, event_at(kNine))); });
  expect(!find_appointment(store.database, 48)->room, "a room without an event");
}

TEST(a_status_that_is_unknown_makes_the_store_unavailable) {
  FileStore store;
  store.other_program().run_unchecked("UPDATE appointments SET status = 'lost'");
  throws<roomkey::base::Unavailable>(
      [&] { static_cast<void>(find_appointment(store.database, 47)); });
}

TEST(all_events_are_counted_by_the_highest_sequence) {
  FileStore store;
  Transaction transaction(store.database);
  for (const auto& event : {whole_session()[4], whole_session()[0]}) {
    put_room_event(transaction, store.database, 47, sid("RM", '1'), event.sequence, event);
  }
  transaction.commit();
  same("10", store.other_program().text("SELECT last_sequence FROM room_sessions"));
}

TEST(the_file_refuses_what_no_cut_covers) {
  Cut<FileStore> store;
  Raw raw = store.other_program();
  const std::string row = "2, 0, 5, (SELECT hash FROM audit WHERE id = 5), 2, 'x', 'x', ";
  for (const std::string& sql :
       {std::string("DELETE FROM audit WHERE id = 4"), std::string("DELETE FROM audit"),
        std::string("UPDATE audit_cuts SET last_event = 5"), std::string("DELETE FROM audit_cuts"),
        std::string("UPDATE audit_cuts SET reason = 'x'"),
        "INSERT INTO audit_cuts VALUES (" + row + "6, zeroblob(32))",
        "INSERT INTO audit_cuts SELECT " + row + "6, hash FROM audit_cuts",
        std::string(
            "REPLACE INTO audit_cuts SELECT 1, at, 5, (SELECT hash FROM audit WHERE id = 5), 5,"
            " signed_by, reason, witness, hash FROM audit_cuts"),
        std::string("INSERT INTO audit_cuts SELECT 0, at, last_event, last_hash, events, signed_by,"
                    " reason, witness, hash FROM audit_cuts")}) {
    throws<std::runtime_error>([&] { raw.run(sql); }, sql);
  }
  same("", verify_audit(store.database).fault);
}

TEST(a_pruned_store_is_backed_up_and_restored) {
  Cut<FileStore> store;
  const std::string copy = store.folder.file("backup.db");
  backup_store(store.database, copy);
  append_days(store.database, {5});
  static_cast<void>(restore_store(store.database, copy, kNow));
  same("4 5 6 ", ids_of(store.database));
  same(1, verify_audit(store.database).cuts.size());
  same(0, verify_store(store.database).faults.size());
}

TEST(nothing_of_what_was_removed_stays_in_the_file) {
  FileStore store;
  auto event = event_at(kNine);
  event.reason = "a-word-that-is-nowhere-else";
  append_audit(store.database, event);
  prune(store.database, kNow, sign_off());
  for (const char* part : {"", "-wal"}) {
    expect(!contains(content_of(store.database.path() + part), *event.reason), part);
  }
}

}  // namespace another_program_test
