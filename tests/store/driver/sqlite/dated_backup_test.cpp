// Backups into a folder: src/store/driver/sqlite/backup.cpp.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "store/driver/sqlite/backup.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::store::driver::sqlite;
using namespace roomkey::test;
using roomkey::base::Unavailable;
namespace fs = std::filesystem;

struct Nightly : FileStore {
  std::string backups = folder.file("backups");
  std::string make(std::chrono::sys_seconds now = kNine) {
    return backup_into(database, backups, now).file;
  }
  void put(const std::string& name) const {
    fs::create_directory(backups);
    const std::string made = folder.file("backups/" + name, "kept");
    expect(fs::exists(made));
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(backups)) names.insert(entry.path().filename());
    return names;
  }
};

using Names = std::set<std::string>;

TEST(a_backup_into_a_folder_has_the_time_in_its_name) {
  Nightly store;
  same(store.backups + "/roomkey-20251116T090000Z.db", store.make());
  struct stat folder {};
  same(0, stat(store.backups.c_str(), &folder));
  same(0700, folder.st_mode & 0777);
  Database copy(settings_at(store.make(kNine + 1s)));
  copy.ready();
  same("Jane Doe", find_user(copy, 2).value().name);
}

TEST(a_folder_is_made_but_not_its_parents) {
  Nightly store;
  store.backups = store.folder.file("no/such");
  throws<Unavailable>([&] { store.make(); });
  store.backups = store.folder.file("a-file", "");
  throws<Unavailable>([&] { store.make(); });
}

TEST(keeps_the_newest_and_touches_nothing_else) {
  Nightly store;
  const Names others{"roomkey-20200101T000000Z.db.gz",
                     "Roomkey-20200101T000000Z.db",
                     "roomkey-2020010AT000000Z.db",
                     "roomkey-20200101T000000Z.dbx",
                     "roomkey-20200101T0000000.db",
                     "notes",
                     "roomkey.db.partial"};
  for (const auto& name : others) store.put(name);
  fs::create_directory(store.backups + "/roomkey-20200102T000000Z.db");
  fs::create_symlink(store.folder.file("backups/notes"),
                     store.backups + "/roomkey-20200103T000000Z.db");
  std::string fresh;
  for (int night = 0; night < 5; ++night) fresh = store.make(kNine + night * 24h);
  const auto removed = remove_old_backups(store.backups, fresh, 3);
  same(Names({"roomkey-20251116T090000Z.db", "roomkey-20251117T090000Z.db"}),
       Names(removed.begin(), removed.end()));
  Names left = others;
  left.insert({"roomkey-20200102T000000Z.db", "roomkey-20200103T000000Z.db"});
  for (const auto* const day : {"18", "19", "20"}) {
    left.insert(std::string("roomkey-202511") + day + "T090000Z.db");
  }
  same(left, store.files());
  same(0, remove_old_backups(store.backups, fresh, 3).size());
  same(2, remove_old_backups(store.backups, fresh, 1).size());
}

// The clock was wrong once, and files of the future are there.
TEST(the_one_just_made_is_never_removed) {
  Nightly store;
  store.make(kNine + 24h * 400);
  store.make(kNine + 24h * 300);
  const auto fresh = store.make();
  static_cast<void>(remove_old_backups(store.backups, fresh, 2));
  same(Names({"roomkey-20251116T090000Z.db", "roomkey-20261221T090000Z.db"}), store.files());
}

TEST(what_interrupted_backups_left_is_cleared_away_by_the_next) {
  Nightly store;
  for (const auto* const part : {"", "-journal", "-wal", "-shm"}) {
    store.put(std::string("roomkey-20251115T090000Z.db.partial") + part);
  }
  store.put("mine.partial");
  store.make();
  same(Names({"mine.partial", "roomkey-20251116T090000Z.db"}), store.files());
}

// SQLite would take the journal for that of the new file, and roll back into it.
TEST(a_leftover_journal_does_not_spoil_the_next_backup_to_that_file) {
  Nightly store;
  const std::string file = store.folder.file("file.db");
  for (const auto* const part : {"", "-journal", "-wal", "-shm"}) {
    const auto left =
        store.folder.file("file.db.partial" + std::string(part), std::string(5000, 'x'));
    expect(fs::exists(left));
  }
  backup_store(store.database, file);
  expect(!fs::exists(file + ".partial-journal") && !fs::exists(file + ".partial-wal"));
}

TEST(a_backup_that_failed_leaves_no_part_of_it) {
  Nightly store;
  store.make();
  Raw(store.database.path()).run("DROP TRIGGER audit_has_no_gap");
  throws<Unavailable>([&] { store.make(kNine + 24h); });
  same(Names({"roomkey-20251116T090000Z.db"}), store.files());
}

TEST(two_at_once_in_one_folder_are_one_too_many) {
  Nightly store;
  store.make();
  const int other = open(store.backups.c_str(), O_RDONLY | O_DIRECTORY);
  same(0, flock(other, LOCK_EX));
  const auto why = throws<Unavailable>([&] { store.make(kNine + 24h); });
  same("another backup or restore is at work in that folder", why);
  close(other);
  store.make(kNine + 24h);
}

}  // namespace
