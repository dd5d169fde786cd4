#include "roomkey/store/backup.hpp"

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <thread>

#include "query.hpp"
#include "roomkey/base/clock.hpp"

namespace roomkey::store {

namespace {

using base::Unavailable;

constexpr int kAllPages = -1;

// One step of `pages`, again while another process holds the lock: SQLite's backup doesn't use the
// busy handler. Returns whether all is copied.
bool step(SQLite::Backup& backup, int pages) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  for (;;) {
    const int result = backup.executeStep(pages);
    if (result == SQLITE_OK || result == SQLITE_DONE) return result == SQLITE_DONE;
    if (std::chrono::steady_clock::now() > give_up) throw Unavailable("the store stays locked");
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

// The whole content in one step, so that a writer in another process can't make it start over.
void copy_all(SQLite::Database& to, SQLite::Database& from) {
  SQLite::Backup backup(to, from);
  while (!step(backup, kAllPages)) continue;
}

void sync_to_disk(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && fsync(file) == 0;
  if (file >= 0) close(file);
  if (!synced) throw Unavailable("the backup can't be written through to the disk");
}

void require_sound(const FileVerdict& verdict) {
  if (verdict.faults.empty()) return;
  std::string all;
  for (const auto& fault : verdict.faults) all += (all.empty() ? "" : "; ") + fault;
  throw Unavailable("the backup is not sound: " + all);
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

int page_size(Database& database) {
  Query query(database, "PRAGMA page_size");
  return query.step() ? static_cast<int>(query.integer(0)) : 0;
}

void put_in_place(NewFile& file, const std::string& path) {
  sync_to_disk(file.path());
  std::error_code fault;
  std::filesystem::rename(file.path(), path, fault);
  if (fault) throw Unavailable("the new file can't be put in its place: " + fault.message());
  file.keep();
}

// Where there is no store: the whole file first, then its name.
void make_store(Database& database, Database& backup) {
  NewFile fresh(database.path() + ".restoring");
  write_copy(backup, fresh);
  put_in_place(fresh, database.path());
}

// A file that SQLite can't read makes room for a new one, with its WAL, which belongs to it.
void replace_unreadable(Database& database, Database& backup, const std::string& kept) {
  NewFile fresh(database.path() + ".restoring");
  write_copy(backup, fresh);
  for (const char* part : {"", "-wal", "-shm"}) {
    std::error_code missing;
    std::filesystem::rename(database.path() + part, kept + part, missing);
  }
  put_in_place(fresh, database.path());
}

// The backup with the store's page size, which SQLite's page by page copy demands.
std::string resized(Database& backup, int size, const NewFile& file) {
  guarded(nullptr, [&] {
    SQLite::Database& source = connection_of(backup).sqlite;
    source.exec("PRAGMA page_size = " + std::to_string(size));
    SQLite::Statement vacuum(source, "VACUUM INTO ?");
    vacuum.bind(1, file.path());
    vacuum.exec();
  });
  return file.path();
}

// Over a store in use, in one transaction. The copy that is kept is taken while that transaction
// holds the write lock, so no event can be lost between the two.
void overwrite(Database& database, Database& backup, const std::string& kept) {
  const NewFile fitting(database.path() + ".restoring");
  const int size = page_size(database);
  const std::string from =
      page_size(backup) == size ? backup.path() : resized(backup, size, fitting);
  guarded(nullptr, [&] {
    SQLite::Database source(from, SQLite::OPEN_READONLY);
    SQLite::Backup content(connection_of(database).sqlite, source);
    step(content, 1);  // takes the write lock
    NewFile copy(kept);
    Database before(Settings{database.path()});
    before.ready();
    write_copy(before, copy);
    sync_to_disk(copy.path());
    copy.keep();
    while (!step(content, kAllPages)) continue;
  });
}

void require_elsewhere(const Database& database, const std::string& file) {
  std::error_code missing;
  if (std::filesystem::equivalent(database.path(), file, missing)) {
    throw Unavailable("the backup's file is the store itself");
  }
}

// SQLite takes a page that lacks its end for one that ends in zeros, which may even be right.
void require_whole(Database& backup) {
  Query size(backup, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  size.step();
  if (std::filesystem::file_size(backup.path()) < static_cast<std::uintmax_t>(size.integer(0))) {
    throw Unavailable("the backup was cut short");
  }
}

// Every table, index and trigger with its text.
std::set<std::string> schema_of(Database& database) {
  std::set<std::string> objects;
  Query query(database,
              "SELECT type || ' ' || name || ' ' || ifnull(sql, '') FROM sqlite_schema"
              " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  while (query.step()) objects.insert(query.text(0));
  return objects;
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
  // A trigger that was dropped leaves no other trace.
  Database fresh(Settings{":memory:"});
  fresh.migrate();
  if (schema_of(database) != schema_of(fresh)) {
    verdict.faults.emplace_back("the schema is not the one that roomkey made");
  }
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
  put_in_place(partial, file);
}

std::string restore_store(Database& database, const std::string& file,
                          std::chrono::sys_seconds now) {
  require_elsewhere(database, file);
  Database backup(Settings{file});
  backup.ready();
  require_whole(backup);
  require_sound(verify_store(backup));
  if (!std::filesystem::exists(database.path())) {
    make_store(database, backup);
    database.migrate();
    return {};
  }
  std::string kept = database.path() + ".before-restore-" + std::to_string(base::unix_seconds(now));
  if (std::filesystem::exists(kept)) throw Unavailable("a store kept in this second is there");
  try {
    database.ready();
  } catch (const Unreadable&) {
    replace_unreadable(database, backup, kept);
    database.migrate();
    return kept;
  }
  overwrite(database, backup, kept);
  return kept;
}

}  // namespace roomkey::store
