// What restore_store() refuses whatever a byte has become, and backups of other schemas. The rest
// of it stands in backup_test.cpp.
#include <atomic>
#include <thread>

#include "store/driver/sqlite/backup.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::store::driver::sqlite;
using namespace roomkey::test;
using roomkey::base::Unavailable;
namespace fs = std::filesystem;

// A store with pages of every kind: events, a room told of, free pages.
struct Full : FileStore {
  std::string backup = folder.file("backup.db");
  Full() {
    for (int i = 0; i < 40; ++i) append_audit(database, event_at(kNine + std::chrono::seconds{i}));
    Raw raw(database.path());
    raw.run(
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
        " INSERT INTO users SELECT i, 'u' || i || '@example.com', 'User', 'patient', 1 FROM n;"
        "DELETE FROM users WHERE id BETWEEN 100 AND 350;"
        "INSERT INTO room_sessions VALUES ('RM' || hex(zeroblob(16)), 47, 3);"
        "INSERT INTO room_events VALUES ('RM' || hex(zeroblob(16)), 0, 'room-created', 1, '', '',"
        " NULL)");
    backup_store(database, backup);
  }
  std::string refusal(const std::string& file) {
    return throws<Unavailable>([&] { static_cast<void>(restore_store(database, file, kNine)); },
                               file);
  }
};

TEST(refuses_a_backup_with_a_bit_turned_wherever_it_is) {
  Full store;
  const std::string whole = content_of(store.backup);
  expect(std::stoi(Raw(store.backup).text("PRAGMA freelist_count")) > 3, "no free pages");
  std::size_t turned = 0;
  for (std::size_t at = 0; at < whole.size(); at += at < 112 ? 1 : 331) {
    std::string content = whole;
    content[at] = static_cast<char>(content[at] ^ (1 << at % 8));
    store.refusal(store.folder.file("turned.db", content));
    ++turned;
  }
  expect(turned > 200, std::to_string(turned));
  static_cast<void>(restore_store(store.database, store.backup, kNine));
}

TEST(refuses_a_backup_cut_anywhere_and_one_with_more_at_its_end) {
  Full store;
  const std::string whole = content_of(store.backup);
  for (const std::size_t less : {1U, 40U, 87U, 89U, 2048U, 2136U, 30000U}) {
    store.refusal(store.folder.file("cut.db", whole.substr(0, whole.size() - less)));
  }
  store.refusal(store.folder.file("more.db", whole + '\n'));
}

TEST(says_that_a_value_nobody_checks_has_changed) {
  Full store;
  std::string content = content_of(store.backup);
  content.replace(content.find("Jane Doe"), 8, "Jane Foe");
  const auto why = store.refusal(store.folder.file("changed.db", content));
  same("the backup is not what was written: its checksum differs", why);
}

TEST(takes_a_database_of_sqlite_s_own_making_without_a_checksum) {
  Full store;
  const std::string made = store.folder.file("made.db");
  Raw(store.database.path()).run("VACUUM INTO '" + made + "'");
  static_cast<void>(restore_store(store.database, made, kNine));
  same("Jane Doe", find_user(store.database, 2).value().name);
}

// Whatever comes after the restore (a lock, a kill), its event is there already.
TEST(the_event_of_a_restore_comes_with_the_content) {
  Full store;
  append_audit(store.database, event_at(kNine + std::chrono::seconds{99}));
  std::string head_of_kept;
  const auto note = [&](const std::string& kept) {
    Database before(Settings{kept});
    before.ready();
    head_of_kept = std::to_string(audit_head(before).id);
    AuditEvent event = event_at(kNine);
    event.action = "db_restore";
    return event;
  };
  static_cast<void>(restore_store(store.database, store.backup, kNine, note));
  same("41", head_of_kept, "what was kept is whole by then");
  same("40", Raw(store.backup).text("SELECT max(id) FROM audit"), "the backup stays as it is");
  same("41 db_restore",
       Raw(store.database.path())
           .text("SELECT id || ' ' || action FROM audit ORDER BY id DESC LIMIT 1"));
  expect(verify_store(store.database).faults.empty());
  Database fresh(settings_at(store.folder.file("fresh.db")));
  const auto alone = [](const std::string& kept) {
    same("", kept);
    return event_at(kNine);
  };
  static_cast<void>(restore_store(fresh, store.backup, kNine, alone));
  same(41, audit_head(fresh).id);
}

TEST(without_its_event_nothing_is_restored) {
  Full store;
  append_audit(store.database, event_at(kNine));
  const auto none = [](const std::string&) -> AuditEvent { throw Unavailable("no event"); };
  same("no event", throws<Unavailable>([&] {
         static_cast<void>(restore_store(store.database, store.backup, kNine, none));
       }));
  same(41, audit_head(store.database).id);
  for (const auto& entry : fs::directory_iterator(store.folder.path())) {
    const std::string name = entry.path().filename();
    expect(!contains(name, "restor"), name);
  }
}

// A backup made when the schema was 1, with Jane and an event in it.
std::string of_schema_1(const Folder& folder, const std::string& name) {
  const std::string file = folder.file(name);
  Raw raw(file);
  raw.run(content_of("sql/sqlite/001_initial.sql"));
  raw.run(
      "PRAGMA user_version = 1; PRAGMA application_id = 0x524B4559;"
      "INSERT INTO users VALUES (2, 'jane@old.example', 'Jane of Old', 'patient', 1),"
      " (19, 'sarah@old.example', 'Sarah', 'psychologist', 1);"
      "INSERT INTO appointments VALUES (47, 2, 19, 1763283600, 60, 'scheduled', 'telehealth');"
      "INSERT INTO rooms VALUES (47, 'apt-47-1-abcdef01', 1763000000)");
  return file;
}

TEST(an_older_backup_is_restored_and_brought_up_to_date) {
  FileStore store;
  Database worker(settings_at(store.database.path()));
  worker.ready();
  const auto old = of_schema_1(store.folder, "old.db");
  const std::string before = content_of(old);
  const auto restored = restore_store(store.database, old, kNine);
  same(1, restored.schema);
  worker.ready();
  same(Database::newest_schema(), worker.schema());
  same("Jane of Old", find_user(worker, 2).value().name);
  same("apt-47-1-abcdef01", find_appointment(worker, 47)->room.value().name);
  append_audit(worker, event_at(kNine));
  expect(verify_store(worker).faults.empty());
  expect(before == content_of(old), "the backup itself stays as it is");
  Database kept(settings_at(restored.kept));
  kept.ready();
  same("Jane Doe", find_user(kept, 2).value().name);
  expect(!fs::exists(store.database.path() + ".restoring"));
}

TEST(an_older_backup_makes_a_store_where_there_is_none) {
  Folder folder;
  Database fresh(settings_at(folder.file("fresh.db")));
  same("", restore_store(fresh, of_schema_1(folder, "old.db"), kNine).kept);
  same(Database::newest_schema(), fresh.schema());
  same("Jane of Old", find_user(fresh, 2).value().name);
  same("wal", Raw(fresh.path()).text("PRAGMA journal_mode"));
}

// As the workers do that have waited for it: the new file is what it shall be when it gets its
// name.
TEST(a_store_that_is_read_at_once_is_restored_all_the_same) {
  Full store;
  const std::string path = store.folder.file("fresh.db");
  std::atomic<bool> over = false;
  std::string seen;
  std::thread reader([&] {
    while (!fs::exists(path) && !over) continue;
    Raw raw(path);
    raw.run("PRAGMA busy_timeout = 5000; BEGIN");
    seen = raw.text("SELECT count(*) FROM audit");
    while (!over) std::this_thread::yield();
  });
  std::string why;
  try {
    Database fresh(settings_at(path));
    static_cast<void>(restore_store(fresh, store.backup, kNine));
  } catch (const Unavailable& fault) {
    why = fault.what();
  }
  over = true;
  reader.join();
  same("", why);
  same("40", seen);
  same("wal", Raw(path).text("PRAGMA journal_mode"));
}

TEST(an_older_backup_must_be_as_its_own_schema_was) {
  FileStore store;
  const std::string path = store.database.path();
  for (const auto* const change : {"DROP TRIGGER audit_is_not_deleted",
                                   "CREATE TABLE room_sessions (sid)", "PRAGMA user_version = 2"}) {
    const auto old = of_schema_1(store.folder, std::string("old ") + change);
    Raw(old).run(change);
    const auto why = throws<Unavailable>(
        [&] { static_cast<void>(restore_store(store.database, old, kNine)); }, change);
    same("the backup is not sound: the schema is not the one that roomkey made", why, change);
  }
  same("Jane Doe", find_user(store.database, 2).value().name);
}

// After an upgrade that was taken back: the store is of a schema that this roomkey doesn't know.
TEST(restores_over_a_store_of_a_newer_or_an_older_schema) {
  for (const char* const version : {"99", "1"}) {
    FileStore store;
    const std::string backup = store.folder.file("backup.db");
    backup_store(store.database, backup);
    Raw(store.database.path()).run(std::string("PRAGMA user_version = ") + version);
    Database later(settings_at(store.database.path()));
    const auto restored = restore_store(later, backup, kNine);
    same(Database::newest_schema(), later.schema());
    same(version, Raw(restored.kept).text("PRAGMA user_version"));
  }
}

TEST(a_store_that_is_another_program_s_is_not_restored_over) {
  Folder folder;
  const std::string foreign = folder.file("foreign.db");
  Raw(foreign).run("CREATE TABLE theirs (id); PRAGMA user_version = 7");
  Database database(settings_at(foreign));
  const auto why = throws<Unavailable>(
      [&] { static_cast<void>(restore_store(database, of_schema_1(folder, "old.db"), kNine)); });
  same("the file is not a store of roomkey", why);
  same("theirs", Raw(foreign).text("SELECT name FROM sqlite_schema"));
}

}  // namespace
