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

// A file that is being written, for its owner alone; removed again unless keep() was called.
class NewFile {
 public:
  explicit NewFile(std::string path) : path_(std::move(path)), umask_before_(umask(0077)) {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ~NewFile() {
    umask(umask_before_);
    std::error_code ignored;
    if (!kept_) std::filesystem::remove(path_, ignored);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  void keep() { kept_ = true; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  mode_t umask_before_;
  bool kept_ = false;
};

// Opened as a store of its own; a single file without WAL, so that nothing stays beside it.
void write_copy(Database& from, const NewFile& file) {
  guarded(nullptr, [&] {
    SQLite::Database copy(file.path(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    copy_all(copy, connection_of(from).sqlite);
    copy.exec("PRAGMA journal_mode = DELETE");
  });
}

// Beside the store: a copy of what it holds, or the file itself where SQLite can't read it any
// more.
void keep(Database& database, const std::string& kept) {
  if (std::filesystem::exists(kept)) throw Unavailable("a store kept in this second is there");
  try {
    database.ready();
  } catch (const Unavailable& fault) {
    if (std::string_view(fault.what()).ends_with("locked")) throw;  // readable, but not now
    for (const char* part : {"", "-wal", "-shm"}) {
      std::error_code missing;
      std::filesystem::rename(database.path() + part, kept + part, missing);
    }
    return;
  }
  NewFile file(kept);
  write_copy(database, file);
  file.keep();
}

int page_size(Database& database) {
  Query query(database, "PRAGMA page_size");
  return query.step() ? static_cast<int>(query.integer(0)) : 0;
}

// SQLite copies page by page, and a store in use can't change the size of its pages: where they
// differ, by way of a file that has them right.
void put_content(Database& to, Database& from) {
  if (page_size(from) == page_size(to)) {
    guarded(nullptr, [&] { copy_all(connection_of(to).sqlite, connection_of(from).sqlite); });
    return;
  }
  const NewFile resized(to.path() + ".restoring");
  guarded(nullptr, [&] {
    SQLite::Database& source = connection_of(from).sqlite;
    source.exec("PRAGMA page_size = " + std::to_string(page_size(to)));
    SQLite::Statement vacuum(source, "VACUUM INTO ?");
    vacuum.bind(1, resized.path());
    vacuum.exec();
    SQLite::Database copy(resized.path(), SQLite::OPEN_READWRITE);
    copy_all(connection_of(to).sqlite, copy);
  });
}

void require_elsewhere(const Database& database, const std::string& file) {
  std::error_code missing;
  if (std::filesystem::equivalent(database.path(), file, missing)) {
    throw Unavailable("the backup's file is the store itself");
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
  require_elsewhere(database, file);
  database.ready();
  NewFile partial(file + ".partial");
  write_copy(database, partial);
  {
    Database copy(Settings{partial.path()});
    copy.ready();
    require_sound(verify_store(copy));
  }
  sync_to_disk(partial.path());
  std::error_code fault;
  std::filesystem::rename(partial.path(), file, fault);
  if (fault) throw Unavailable("the backup can't be put in its place: " + fault.message());
  partial.keep();
}

std::string restore_store(Database& database, const std::string& file,
                          std::chrono::sys_seconds now) {
  require_elsewhere(database, file);
  Database backup(Settings{file});
  backup.ready();
  require_sound(verify_store(backup));
  std::string kept;
  if (std::filesystem::exists(database.path())) {
    kept = database.path() + ".before-restore-" + std::to_string(base::unix_seconds(now));
    keep(database, kept);
  }
  database.migrate();
  put_content(database, backup);
  return kept;
}

}  // namespace roomkey::store
