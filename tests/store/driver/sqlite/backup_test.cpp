#include "store/driver/sqlite/backup.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <set>

#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::store::driver::sqlite;
using namespace roomkey::test;
using roomkey::base::Unavailable;
namespace fs = std::filesystem;

// A store with an event, and a backup of it, from after which Jane has another name.
struct BackedUp : FileStore {
  std::string backup = folder.file("backup.db");
  BackedUp() {
    append_audit(database, event_at(kNine));
    backup_store(database, backup);
    Raw(database.path()).run("UPDATE users SET name = 'Jane Roe' WHERE id = 2");
  }
  [[nodiscard]] std::string name() { return find_user(database, 2).value().name; }
  [[nodiscard]] std::string restore(const std::string& file) {
    return restore_store(database, file, kNine).kept;
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
      const std::string name = entry.path().filename();
      if (!name.ends_with("-shm") && !name.ends_with("-wal")) names.insert(name);
    }
    return names;
  }
};

// That a restore of this file is refused, says why, and leaves everything as it was.
std::string refuses(BackedUp& store, const std::string& file, std::string_view what) {
  const auto before = store.files();
  const auto why = throws<Unavailable>([&] { static_cast<void>(store.restore(file)); }, what);
  expect(!why.empty() && !contains(why, store.folder.path()), why);
  same(before, store.files(), what);
  store.database.ready();
  same("Jane Roe", store.name(), what);
  same("", verify_audit(store.database).fault, what);
  return why;
}

std::string with_changed_byte(const std::string& path, std::size_t at) {
  std::string content = content_of(path);
  content.at(at) = static_cast<char>(content.at(at) ^ 0x10);
  return content;
}

TEST(a_backup_holds_what_the_store_held) {
  BackedUp store;
  Database copy(settings_at(store.backup));
  copy.ready();
  same("Jane Doe", find_user(copy, 2).value().name);
  same(kRoom, find_appointment(copy, 47)->room.value().name);
  same(verify_audit(store.database).head, verify_audit(copy).head);
  expect(verify_store(copy).faults.empty());
}

TEST(a_backup_is_one_file_for_its_owner_alone) {
  BackedUp store;
  struct stat file {};
  same(0, stat(store.backup.c_str(), &file));
  same(0600, file.st_mode & 0777);
  same(std::set<std::string>({"backup.db", "roomkey.db"}), store.files());
  expect(!fs::exists(store.backup + "-wal") && !fs::exists(store.backup + "-shm"));
}

TEST(backs_up_while_another_writes) {
  BackedUp store;
  Raw other(store.database.path());
  other.run("BEGIN IMMEDIATE; UPDATE users SET name = 'Not Yet' WHERE id = 2");
  backup_store(store.database, store.backup);
  same("Jane Roe", Raw(store.backup).text("SELECT name FROM users WHERE id = 2"));
  other.run("COMMIT");
  same("Not Yet", store.name());
}

TEST(an_unsound_store_replaces_no_backup) {
  BackedUp store;
  const std::string before = content_of(store.backup);
  Raw raw(store.database.path());
  const auto guard = raw.text("SELECT sql FROM sqlite_schema WHERE name = 'audit_is_not_changed'");
  raw.run("DROP TRIGGER audit_is_not_changed; UPDATE audit SET user_id = 3 WHERE id = 1");
  raw.run(guard);
  const auto why = throws<Unavailable>([&] { backup_store(store.database, store.backup); });
  expect(contains(why, "event 1 was changed"), why);
  expect(before == content_of(store.backup), "the older backup was touched");
  same(std::set<std::string>({"backup.db", "roomkey.db"}), store.files());
}

TEST(a_backup_that_cannot_be_put_there_leaves_nothing) {
  BackedUp store;
  const std::string folder = store.folder.file("folder");
  fs::create_directories(folder + "/full");
  for (const auto& file : {store.folder.file("no/such/folder/backup.db"), folder}) {
    throws<Unavailable>([&] { backup_store(store.database, file); }, file);
  }
  same(std::set<std::string>({"backup.db", "folder", "roomkey.db"}), store.files());
}

TEST(a_store_is_not_its_own_backup) {
  BackedUp store;
  fs::create_symlink(store.database.path(), store.folder.file("link.db"));
  for (const auto& file :
       {store.database.path(), store.folder.file("./roomkey.db"), store.folder.file("link.db")}) {
    throws<Unavailable>([&] { backup_store(store.database, file); }, file);
    refuses(store, file, file);
  }
}

TEST(a_backup_leaves_the_process_s_umask_alone) {
  BackedUp store;
  const mode_t before = umask(0022);
  backup_store(store.database, store.backup);
  throws<Unavailable>([&] { backup_store(store.database, store.folder.file("no/backup.db")); });
  same(0022, umask(before));
}

TEST(restores_for_everyone_who_has_the_store_open) {
  BackedUp store;
  Database worker(settings_at(store.database.path()));
  worker.ready();
  same("Jane Roe", find_user(worker, 2).value().name);
  const std::string kept = store.restore(store.backup);
  same("Jane Doe", store.name());
  worker.ready();
  same("Jane Doe", find_user(worker, 2).value().name);
  append_audit(worker, event_at(kNine));
  same("", verify_audit(store.database).fault);
  same(2, verify_audit(store.database).events);
}

TEST(keeps_the_store_that_was_there_before) {
  BackedUp store;
  const std::string kept = store.restore(store.backup);
  same(store.database.path() + ".before-restore-1763283600", kept);
  Database old(settings_at(kept));
  old.ready();
  same("Jane Roe", find_user(old, 2).value().name);
  expect(verify_store(old).faults.empty());
}

TEST(a_kept_store_is_not_overwritten_by_the_next) {
  BackedUp store;
  const std::string kept = store.restore(store.backup);
  throws<Unavailable>([&] { static_cast<void>(store.restore(store.backup)); }, "same second");
  same("Jane Roe", Raw(kept).text("SELECT name FROM users WHERE id = 2"));
}

TEST(restores_where_there_is_no_store) {
  BackedUp store;
  Database fresh(settings_at(store.folder.file("fresh.db")));
  same("", restore_store(fresh, store.backup, kNine).kept);
  same("Jane Doe", find_user(fresh, 2).value().name);
  same("wal", Raw(fresh.path()).text("PRAGMA journal_mode"));
}

TEST(restores_over_a_store_that_is_beyond_help) {
  BackedUp store;
  const std::string broken = store.folder.file("broken.db", std::string(5000, 'x'));
  Database database(settings_at(broken));
  const std::string kept = restore_store(database, store.backup, kNine).kept;
  same(std::string(5000, 'x'), content_of(kept));
  same("Jane Doe", find_user(database, 2).value().name);
}

// It may be read again in a moment, and the one who holds it is still writing.
TEST(a_store_that_another_holds_for_itself_is_not_put_aside) {
  BackedUp store;
  const std::string path = store.folder.file("held.db", content_of(store.backup));
  Raw other(path);
  other.run("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  Database held(settings_at(path));
  const auto before = store.files();
  throws<Unavailable>([&] { static_cast<void>(restore_store(held, store.backup, kNine)); });
  same(before, store.files());
}

TEST(restores_a_backup_of_another_page_size) {
  for (const std::string size : {"512", "8192"}) {
    BackedUp store;
    Raw(store.backup).run("PRAGMA page_size = " + size + "; VACUUM");
    same(size, Raw(store.backup).text("PRAGMA page_size"));
    static_cast<void>(store.restore(store.backup));
    same("Jane Doe", store.name(), size);
    expect(verify_store(store.database).faults.empty(), size);
    same(3, store.files().size(), "store, backup, kept: nothing else stays");
  }
}

TEST(refuses_files_that_are_no_backup) {
  BackedUp store;
  refuses(store, store.folder.file("missing.db"), "missing");
  refuses(store, store.folder.file("empty.db", ""), "empty");
  refuses(store, store.folder.file("text.db", std::string(5000, 'x')), "text");
  refuses(store, store.folder.path(), "a folder");
  Raw(store.folder.file("foreign.db")).run("CREATE TABLE users (id); PRAGMA user_version = 1");
  refuses(store, store.folder.file("foreign.db"), "foreign");
  Raw(store.backup).run("PRAGMA user_version = 99");
  expect(contains(refuses(store, store.backup, "newer"), "newer"));
}

TEST(refuses_a_backup_that_was_cut) {
  BackedUp store;
  const std::string whole = content_of(store.backup);
  for (const std::size_t size :
       {whole.size() - 1, whole.size() / 2, std::size_t{2048}, std::size_t{100}, std::size_t{1}}) {
    refuses(store, store.folder.file("cut.db", whole.substr(0, size)), std::to_string(size));
  }
}

TEST(refuses_a_backup_with_a_flipped_bit) {
  BackedUp store;
  const std::string whole = content_of(store.backup);
  const std::size_t page = static_cast<unsigned char>(whole[16]) * 256U;
  for (const std::size_t at :
       {std::size_t{3}, std::size_t{16}, std::size_t{68}, std::size_t{100}, page, 2 * page,
        whole.find("video_token"), whole.find("0123456789abcdef")}) {
    refuses(store, store.folder.file("flipped.db", with_changed_byte(store.backup, at)),
            std::to_string(at));
  }
}

TEST(refuses_a_backup_whose_references_point_to_nothing) {
  BackedUp store;
  Raw(store.backup).run("PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = 19");
  expect(contains(refuses(store, store.backup, "reference"), "points to nothing"));
}

TEST(a_store_that_cannot_be_kept_is_not_replaced) {
  BackedUp store;
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::string why;
  try {
    static_cast<void>(store.restore(store.backup));
  } catch (const Unavailable& fault) {
    why = fault.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  expect(!why.empty(), "no fault");
  same(std::set<std::string>({"backup.db", "roomkey.db"}), store.files());
  store.database.ready();
  same("Jane Roe", store.name());
}

TEST(a_schema_that_was_meddled_with_is_a_fault) {
  for (const auto* const change :
       {"DROP TRIGGER audit_is_not_deleted", "CREATE TABLE more (id)", "DROP TABLE rooms",
        "CREATE TRIGGER x AFTER INSERT ON users BEGIN DELETE FROM rooms; END"}) {
    BackedUp store;
    Raw(store.backup).run(change);
    expect(contains(refuses(store, store.backup, change), "schema"), change);
  }
}

TEST(verifying_names_everything_that_is_wrong) {
  BackedUp store;
  expect(verify_store(store.database).faults.empty());
  same(1, verify_store(store.database).audit.events);
  Raw(store.database.path()).run("PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = 2");
  const auto faults = verify_store(store.database).faults;
  same(1, faults.size());
  same("row 47 of appointments points to nothing", faults[0]);
}

}  // namespace
