#include "roomkey/store/backup.hpp"

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <thread>

#include "query.hpp"
#include "roomkey/base/clock.hpp"

namespace roomkey::store {

namespace {

using base::Unavailable;

constexpr int kAllPages = -1;

// The whole content in one step, so that a writer in another process can't make it start over.
void copy_all(SQLite::Database& to, SQLite::Database& from) {
  SQLite::Backup backup(to, from);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  // Locked: SQLite's backup does not use the busy handler of the source.
  while (backup.executeStep(kAllPages) != 101 /* SQLITE_DONE */) {
    if (std::chrono::steady_clock::now() > give_up) throw Unavailable("the store stays locked");
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

void sync_to_disk(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && fsync(file) == 0;
  if (file >= 0) close(file);
  if (!synced) throw Unavailable("the backup can't be written through to the disk");
}

void require_sound(const FileVerdict& verdict) {
  if (!verdict.faults.empty())
    throw Unavailable("the backup is not sound: " + verdict.faults.front());
}

// Opened as a store of its own; a single file without WAL, so that nothing stays beside it.
void write_copy(Database& from, const std::string& path) {
  const mode_t before = umask(0077);
  std::filesystem::remove(path);
  guarded(nullptr, [&] {
    SQLite::Database copy(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    copy_all(copy, connection_of(from).sqlite);
    copy.exec("PRAGMA journal_mode = DELETE");
  });
  umask(before);
}

// Beside the store: a copy of what it holds, or the file itself where SQLite can't read it any
// more.
void keep(Database& database, const std::string& kept) {
  try {
    database.ready();
    write_copy(database, kept);
  } catch (const Unavailable&) {
    for (const char* part : {"", "-wal", "-shm"}) {
      std::error_code missing;
      std::filesystem::rename(database.path() + part, kept + part, missing);
    }
  }
}

}  // namespace

FileVerdict verify_store(Database& database) {
  FileVerdict verdict;
  Query integrity(database, "PRAGMA integrity_check(10)");
  while (integrity.step()) {
    if (integrity.text(0) != "ok") verdict.faults.push_back(integrity.text(0));
  }
  Query keys(database, "SELECT \"table\", rowid FROM pragma_foreign_key_check LIMIT 10");
  while (keys.step()) {
    verdict.faults.push_back("row " + std::to_string(keys.integer(1)) + " of " + keys.text(0) +
                             " points to nothing");
  }
  if (!verdict.faults.empty()) return verdict;
  verdict.audit = verify_audit(database);
  if (!verdict.audit.fault.empty()) verdict.faults.push_back("audit: " + verdict.audit.fault);
  return verdict;
}

void backup_store(Database& database, const std::string& file) {
  database.ready();
  const std::string partial = file + ".partial";
  try {
    write_copy(database, partial);
    {
      Database copy(Settings{partial});
      copy.ready();
      require_sound(verify_store(copy));
    }
    sync_to_disk(partial);
    std::filesystem::rename(partial, file);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw;
  }
}

std::string restore_store(Database& database, const std::string& file,
                          std::chrono::sys_seconds now) {
  Database backup(Settings{file});
  backup.ready();
  require_sound(verify_store(backup));
  std::string kept;
  if (std::filesystem::exists(database.path())) {
    kept = database.path() + ".before-restore-" + std::to_string(base::unix_seconds(now));
    keep(database, kept);
  }
  database.migrate();
  guarded(nullptr, [&] { copy_all(connection_of(database).sqlite, connection_of(backup).sqlite); });
  return kept;
}

}  // namespace roomkey::store
