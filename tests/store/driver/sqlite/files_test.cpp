#include "store/driver/sqlite/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "roomkey/base/clock.hpp"
#include "store/driver/sqlite/backup.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::test;
using roomkey::base::Unavailable;
namespace fs = std::filesystem;
namespace sqlite = roomkey::store::driver::sqlite;

void written_at(const std::string& path, std::int64_t seconds) {
  const timespec time{seconds, 0};
  const timespec times[]{time, time};
  same(0, utimensat(AT_FDCWD, path.c_str(), times, 0));
}

TEST(sizes_of_store_and_wal_are_the_files_own) {
  const FileStore store;
  const auto sizes = sqlite::file_sizes(store.database);
  same(fs::file_size(store.database.path()), sizes.store);
  same(fs::file_size(store.database.path() + "-wal"), sizes.wal);
  expect(sizes.wal > 0 && sizes.free > 0);
}

TEST(a_store_that_is_not_there_has_no_size) {
  const Folder folder;
  const roomkey::store::Database missing(settings_at(folder.file("roomkey.db")));
  const auto why = throws<Unavailable>([&] { (void)sqlite::file_sizes(missing); });
  same("the store: No such file or directory", why);
}

TEST(a_reserve_holds_room_until_it_is_let_go) {
  const FileStore store;
  const auto reserve = [&] { return sqlite::file_sizes(store.database).reserve; };
  expect(!reserve() && !sqlite::let_reserve_go(store.database), "there is none yet");
  sqlite::keep_reserve(store.database, 1 << 20);
  same(1 << 20, reserve().value());
  struct stat facts {};
  same(0, stat(sqlite::reserve_path(store.database).c_str(), &facts));
  same(1 << 20, facts.st_blocks * 512, "no hole");
  same(0600U, facts.st_mode & 0777U);
  expect(sqlite::let_reserve_go(store.database));
  same(0, reserve().value());
  expect(!sqlite::let_reserve_go(store.database), "once");
  sqlite::keep_reserve(store.database, 2 << 20);
  same(2 << 20, reserve().value());
}

TEST(a_reserve_leaves_as_much_as_it_takes) {
  const FileStore store;
  const auto why =
      throws<Unavailable>([&] { sqlite::keep_reserve(store.database, std::int64_t{1} << 50); });
  same("the store: its disk has no room for such a reserve", why);
  expect(!sqlite::file_sizes(store.database).reserve);
}

TEST(the_newest_backup_is_the_one_written_last) {
  const Folder folder;
  expect(!sqlite::newest_backup(folder.path()));
  expect(!sqlite::newest_backup(folder.file("missing")), "nor is there a folder");
  written_at(folder.file("roomkey-3.db", "a"), 1000);
  written_at(folder.file("roomkey-1.db", "abc"), 3000);
  written_at(folder.file("roomkey-2.db", "ab"), 2000);
  written_at(folder.file("roomkey-4.db.part", "abcd"), 4000);
  written_at(folder.file("other-5.db", "abcde"), 5000);
  fs::create_directory(folder.file("roomkey-folder.db"));
  const auto newest = sqlite::newest_backup(folder.path());
  same(3000, roomkey::base::unix_seconds(newest.value().at));
  same(3, newest->bytes);
}

TEST(a_folder_of_backups_that_is_none_is_said) {
  const Folder folder;
  const auto why =
      throws<Unavailable>([&] { (void)sqlite::newest_backup(folder.file("file", "x")); });
  same("the folder of backups: Not a directory", why);
}

}  // namespace
