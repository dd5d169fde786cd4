#include "store/driver/sqlite/copy.hpp"

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

#include "roomkey/store/copy.hpp"
#include "store/driver/sqlite/connection.hpp"

namespace roomkey::store::driver::sqlite {

namespace {

using base::Unavailable;

// The whole content in one step. In steps of fewer pages SQLite would begin again whenever another
// process has written between two of them, and under load never end. One step reads one snapshot,
// as any reader of a WAL does: nobody waits for it, and it waits for nobody.
void copy_all(SQLite::Database& to, SQLite::Database& from) {
  SQLite::Backup backup(to, from);
  while (!step(backup, kAllPages)) continue;
}

// Opened as a store of its own; without WAL, so that nothing stays beside it.
void copy_into(SQLite::Database& from, const std::string& path) {
  SQLite::Database copy(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  copy_all(copy, from);
  copy.exec("PRAGMA journal_mode = DELETE");
}

// Of a store that another driver keeps.
void copy_rows_into(Database& from, const std::string& path) {
  {
    Settings settings = from.settings();
    settings.path = path;
    Database copy(settings);
    copy_store(from, copy, {});
  }
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA journal_mode = DELETE");
}

}  // namespace

NewFile::NewFile(const std::string& path)
    : path_(std::filesystem::absolute(path)), umask_before_(umask(0077)) {
  remove_store_file(path_);
}

NewFile::~NewFile() {
  umask(umask_before_);
  if (!kept_) remove_store_file(path_);
}

FolderLock::FolderLock(const std::string& folder)
    : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (folder_ < 0) {
    throw Unavailable(std::string("the folder can't be opened: ") + std::strerror(errno));
  }
  if (flock(folder_, LOCK_EX | LOCK_NB) == 0) return;
  close(folder_);
  throw Unavailable("another backup or restore is at work in that folder");
}

FolderLock::~FolderLock() { close(folder_); }

std::string folder_of(const std::string& file) {
  return std::filesystem::absolute(file).parent_path().string();
}

void remove_store_file(const std::string& path) {
  for (const char* part : {"", "-journal", "-wal", "-shm"}) {
    std::error_code ignored;
    std::filesystem::remove(path + part, ignored);
  }
}

bool step(SQLite::Backup& backup, int pages) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  for (;;) {
    const int result = backup.executeStep(pages);
    if (result == SQLITE_OK || result == SQLITE_DONE) return result == SQLITE_DONE;
    if (std::chrono::steady_clock::now() > give_up) {
      throw Unavailable("the store stays locked", Unavailable::Cause::locked);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

void write_copy(Database& from, const NewFile& file) {
  try {
    if (is_file(from)) {
      copy_into(file_of(from), file.path());
    } else {
      copy_rows_into(from, file.path());
    }
  } catch (const SQLite::Exception& fault) {
    const auto cause = cause_of(fault.getErrorCode());
    throw Unavailable(
        std::string("the copy can't be made: ") + sqlite3_errstr(fault.getErrorCode() & 0xFF),
        cause == Unavailable::Cause::missing ? Unavailable::Cause::not_made : cause);
  }
}

void sync_to_disk(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && fsync(file) == 0;
  if (file >= 0) close(file);
  if (!synced) throw Unavailable("the copy can't be written through to the disk");
}

void put_in_place(NewFile& file, const std::string& path) {
  sync_to_disk(file.path());
  std::error_code fault;
  std::filesystem::rename(file.path(), path, fault);
  if (fault) throw Unavailable("the new file can't be put in its place: " + fault.message());
  file.keep();
  sync_to_disk(folder_of(path));  // its name
}

void require_sound(const Verdict& verdict, const std::string& what) {
  if (verdict.faults.empty()) return;
  std::string all;
  for (const auto& fault : verdict.faults) all += (all.empty() ? "" : "; ") + fault;
  throw Unavailable(what + " is not sound: " + all);
}

void require_elsewhere(const Database& database, const std::string& file) {
  std::error_code missing;
  if (std::filesystem::equivalent(database.path(), file, missing)) {
    throw Unavailable("the backup's file is the store itself");
  }
}

}  // namespace roomkey::store::driver::sqlite
