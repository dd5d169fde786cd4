#include "roomkey/store/database.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::base::Unavailable;

std::string refused_at(const std::string& path) {
  Database database(settings_at(path));
  const auto why = throws<Unavailable>([&] { database.ready(); }, path);
  throws<Unavailable>([&] { static_cast<void>(find_user(database, 2)); }, "used all the same");
  expect(!contains(why, path) && !contains(why, "SELECT") && !contains(why, "PRAGMA "), why);
  return why;
}

TEST(migrates_a_new_file_once) {
  const Folder folder;
  Database database(settings_at(folder.file("roomkey.db")));
  same(Database::newest_schema(), database.migrate());
  same(0, database.migrate());
  same(Database::newest_schema(), database.schema());
  Raw raw(database.path());
  same("wal", raw.text("PRAGMA journal_mode"));
  same("1380664665", raw.text("PRAGMA application_id"));  // "RKEY"
}

TEST(a_store_that_is_missing_is_not_made_by_being_used) {
  const Folder folder;
  contains(refused_at(folder.file("roomkey.db")), "unable to open");
  expect(!std::filesystem::exists(folder.file("roomkey.db")));
  refused_at(folder.file("no/such/folder/roomkey.db"));
  refused_at(folder.path());
}

TEST(a_file_that_is_no_store_of_roomkey_is_refused) {
  const Folder folder;
  refused_at(folder.file(
      "text", "this is no database, whatever its name may say" + std::string(5000, '.')));
  const std::string foreign = folder.file("foreign.db");
  Raw(foreign).run("CREATE TABLE users (id); PRAGMA user_version = 1");
  same("the file is not a store of roomkey", refused_at(foreign));
  Raw(foreign).run("PRAGMA application_id = 7");
  same("the file is not a store of roomkey", refused_at(foreign));
  expect(contains(refused_at(folder.file("empty", "")), "roomkey db migrate"));
}

TEST(a_store_of_another_schema_is_refused) {
  const Folder folder;
  const std::string path = closed_store(folder);
  Raw(path).run("PRAGMA user_version = 99");
  expect(contains(refused_at(path), "newer"));
  Raw(path).run("PRAGMA user_version = 0");
  expect(contains(refused_at(path), "roomkey db migrate"));
}

TEST(migrate_leaves_alone_what_it_does_not_know) {
  const Folder folder;
  const std::string foreign = folder.file("foreign.db");
  Raw(foreign).run("CREATE TABLE users (id); INSERT INTO users VALUES (7)");
  const std::string newer = closed_store(folder, "newer.db");
  Raw(newer).run("PRAGMA user_version = 99");
  for (const auto& path : {foreign, newer}) {
    Database database(settings_at(path));
    throws<Unavailable>([&] { database.migrate(); }, path);
    throws<Unavailable>([&] { database.ready(); }, "ready after a refused migration");
    throws<Unavailable>([&] { static_cast<void>(find_user(database, 7)); }, path);
  }
  same("7", Raw(foreign).text("SELECT id FROM users"));
  same("delete", Raw(foreign).text("PRAGMA journal_mode"));
  same("99", Raw(newer).text("PRAGMA user_version"));
}

TEST(a_locked_store_is_unavailable_when_the_time_is_up) {
  FileStore store;
  Raw other(store.database.path());
  other.run("BEGIN IMMEDIATE");
  const auto started = std::chrono::steady_clock::now();
  const auto why = throws<Unavailable>([&] { const Transaction waits(store.database); });
  const auto waited = std::chrono::steady_clock::now() - started;
  expect(contains(why, "locked"), why);
  expect(waited >= 30ms && waited < 2s, "busy timeout of 30 ms");
  same("Jane Doe", find_user(store.database, 2).value().name, "reading goes on");
  other.run("ROLLBACK");
  store.database.ready();
  const Transaction works(store.database);
}

TEST(nothing_is_opened_anew_within_a_transaction) {
  FileStore store;
  Transaction transaction(store.database);
  put_user(transaction, store.database, someone(roomkey::access::Role::admin));
  std::filesystem::remove(store.database.path());
  store.database.ready();
  expect(find_user(store.database, 5).has_value());
}

TEST(ready_opens_the_file_that_has_taken_the_store_s_place) {
  FileStore store;
  {
    const Folder folder;
    Raw(closed_store(folder)).run("UPDATE users SET name = 'Jane Roe' WHERE id = 2");
    std::filesystem::remove(store.database.path() + "-wal");
    std::filesystem::rename(folder.file("roomkey.db"), store.database.path());
  }
  same("Jane Doe", find_user(store.database, 2).value().name, "the request in hand");
  store.database.ready();
  same("Jane Roe", find_user(store.database, 2).value().name, "the next one");
}

TEST(a_store_that_went_away_may_come_back) {
  FileStore store;
  const std::string aside = store.folder.file("aside.db");
  store.database.ready();
  std::filesystem::rename(store.database.path(), aside);
  throws<Unavailable>([&] { store.database.ready(); });
  throws<Unavailable>([&] { store.database.ready(); }, "a second time");
  std::filesystem::rename(aside, store.database.path());
  store.database.ready();
  expect(find_user(store.database, 2).has_value());
}

// Root may write to every file, so the test does it as nobody.
TEST(a_store_that_cannot_be_written_is_unavailable) {
  const Folder folder;
  const std::string path = closed_store(folder);
  std::filesystem::permissions(path, std::filesystem::perms{0444});
  std::filesystem::permissions(folder.path(), std::filesystem::perms{0555});
  const bool root = geteuid() == 0;
  if (root) expect(seteuid(65534) == 0);
  std::string why;
  try {
    Database database(settings_at(path));
    database.ready();
    append_audit(database, event_at(kNine));
  } catch (const Unavailable& fault) {
    why = fault.what();
  }
  if (root) expect(seteuid(0) == 0);
  std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
  expect(!why.empty() && !contains(why, path), "no fault: " + why);
  same("0", Raw(path).text("SELECT count(*) FROM audit"));
}

// Frames of 24 + 2048 bytes, 4000 of them, and what one commit adds.
TEST(the_wal_starts_over_beside_a_reader_of_short_turns) {
  const Folder folder;
  const std::string path = closed_store(folder);
  Database writer(settings_at(path));
  Database reader(settings_at(path));
  writer.ready();
  reader.ready();
  for (int i = 0; i < 4500; ++i) {
    append_audit(writer, event_at(std::chrono::sys_seconds{}));
    static_cast<void>(find_user(reader, 2));
  }
  expect(std::filesystem::file_size(path + "-wal") < 4010 * 2072, "the WAL grew and grew");
  expect(verify_audit(reader).fault.empty());
}

TEST(the_store_s_rules_hold_for_every_program) {
  FileStore store;
  Raw raw(store.database.path());
  raw.run("PRAGMA foreign_keys = ON");
  for (const std::string sql :
       {"INSERT INTO users VALUES (0, 'a@b', 'A', 'patient', 1)",
        "INSERT INTO users VALUES (3, '', 'A', 'patient', 1)",
        "INSERT INTO users VALUES (3, NULL, 'A', 'patient', 1)",
        "INSERT INTO users VALUES (3, 'a@b', 'A', 'doctor', 1)",
        "INSERT INTO users VALUES (3, 'a@b', 'A', 'patient', 2)",
        "INSERT INTO users VALUES ('x', 'a@b', 'A', 'patient', 1)",
        "DELETE FROM users WHERE id = 2",
        "UPDATE users SET id = 3 WHERE id = 2",
        "INSERT INTO appointments VALUES (48, 2, 2, 0, 60, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 20, 0, 60, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (-1, 2, 19, 0, 60, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 19, -1, 60, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 19, 253402300800, 60, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 19, 0, 0, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 19, 0, 1441, 'scheduled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 19, 0, 60, 'canceled', 'telehealth')",
        "INSERT INTO appointments VALUES (48, 2, 19, 0, 60, 'scheduled', 'video')",
        "DELETE FROM appointments WHERE id = 47",
        "INSERT INTO rooms VALUES (47, 'another', 0)",
        "INSERT INTO rooms VALUES (48, 'no appointment', 0)",
        "UPDATE rooms SET name = ''"}) {
    throws<std::runtime_error>([&] { raw.run(sql); }, sql);
  }
  raw.run("INSERT INTO appointments VALUES (48, 2, 19, 0, 60, 'scheduled', 'telehealth')");
  throws<std::runtime_error>([&] {
    raw.run("INSERT INTO rooms VALUES (48, (SELECT name FROM rooms WHERE appointment_id = 47), 0)");
  });
}

}  // namespace
