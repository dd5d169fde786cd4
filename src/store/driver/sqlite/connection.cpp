#include "store/driver/sqlite/connection.hpp"

#include <sqlite3.h>

#include <chrono>
#include <utility>

#include "store/driver/sqlite/driver.hpp"
#include "store/driver/sqlite/statement.hpp"
#include "store/query.hpp"

namespace roomkey::store::driver::sqlite {

namespace {

using base::Unavailable;

constexpr int kApplicationId = 0x524B4559;  // "RKEY", so that a foreign file is known as such

constexpr std::string_view kInMemory = ":memory:";

int number(SQLite::Database& file, const char* sql) { return file.execAndGet(sql).getInt(); }

// Brings what was committed to the disk. SQLite's own `synchronous = FULL` does this inside the
// commit, so that every other writer waits for the disk too; here the lock is free by then, and one
// sync of the file serves all who committed before it. Nothing is lost if a checkpoint comes first:
// that syncs the WAL before it copies, and the database before the WAL starts over.
void sync_wal(sqlite3* sqlite) {
  sqlite3_file* wal = nullptr;
  const int found = sqlite3_file_control(sqlite, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
  if (found != SQLITE_OK || wal == nullptr || wal->pMethods == nullptr) return;  // in memory
  const int synced = wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL);
  if (synced != SQLITE_OK) throw SQLite::Exception(sqlite3_errstr(synced), synced);
}

// No two threads share a connection, so SQLite needs no mutex for each, nor its count of the memory
// it uses.
void set_up_sqlite() {
  static const bool done = [] {
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
  }();
  (void)done;
}

int open_flags(bool create) { return SQLite::OPEN_READWRITE | (create ? SQLite::OPEN_CREATE : 0); }

}  // namespace

std::unique_ptr<driver::Connection> open(const Settings& settings, bool create) {
  set_up_sqlite();
  try {
    return std::make_unique<Connection>(settings, create);
  } catch (const SQLite::Exception& fault) {
    throw_fault(settings.called, settings.path, fault);
  }
}

bool is_file(Database& database) {
  return dynamic_cast<Connection*>(open_store_of(database).connection.get()) != nullptr;
}

SQLite::Database& file_of(Database& database) {
  auto* connection = dynamic_cast<Connection*>(open_store_of(database).connection.get());
  if (connection == nullptr) throw Unavailable("the store is not a file");
  return connection->file();
}

Connection::Connection(const Settings& settings, bool create)
    : settings_(settings),
      file_(settings.path, open_flags(create)),
      patience_{settings.busy_timeout},
      checkpoints_(settings.path, settings.checkpoints_beside) {
  set_up();
  struct stat file {};
  if (stat(settings_.path.c_str(), &file) == 0) {
    device_ = file.st_dev;
    inode_ = file.st_ino;
  }
}

void Connection::set_up() {
  sqlite3* const handle = file_.getHandle();
  be_patient(handle, patience_);
  sqlite3_wal_hook(handle, after_commit, this);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  file_.exec("PRAGMA trusted_schema = OFF");
  file_.exec("PRAGMA foreign_keys = ON");
  file_.exec("PRAGMA cache_size = -1024");
  // For Sync::full as well: SQLite would sync with the write lock in its hand, see sync_wal().
  file_.exec("PRAGMA synchronous = NORMAL");
}

// The commit stands, whatever becomes of the checkpoint.
int Connection::after_commit(void* context, sqlite3* file, const char*, int frames) {
  auto& connection = *static_cast<Connection*>(context);
  connection.checkpoints_.after_commit(file, frames, connection.patience_);
  return SQLITE_OK;
}

void Connection::note(const SQLite::Exception& fault) {
  switch (fault.getErrorCode() & 0xFF) {
    case SQLITE_CONSTRAINT:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL: return;
    default: broken_ = true;
  }
}

// SQLite opens a file so that it can't write to rather than not at all.
bool Connection::is_read_only() const {
  return sqlite3_db_readonly(file_.getHandle(), "main") == 1;
}

bool Connection::usable() {
  if (broken_ || is_read_only()) return false;
  if (in_transaction() || settings_.path == kInMemory) return true;
  struct stat file {};
  return stat(settings_.path.c_str(), &file) == 0 && file.st_ino == inode_ &&
         file.st_dev == device_;
}

std::unique_ptr<driver::Statement> Connection::prepare(const char* sql) {
  return guarded([&] { return std::make_unique<Statement>(*this, sql); });
}

void Connection::execute(std::optional<SQLite::Statement>& statement, const char* sql) {
  guarded([&] {
    if (!statement) statement.emplace(file_, sql);
    const int code = statement->tryExecuteStep();
    statement->tryReset();  // or what had to wait in vain would keep its snapshot
    if (code != SQLITE_DONE) throw SQLite::Exception(file_.getHandle(), code);
  });
}

// The lock at once: what was read before could not be made sure of any more.
void Connection::begin(Lock) {
  // On a file that can only be read SQLite begins such a transaction and refuses the first write.
  if (is_read_only()) throw fault_of(settings_.called, SQLITE_READONLY);
  execute(begin_, "BEGIN IMMEDIATE");
}

void Connection::commit() {
  execute(commit_, "COMMIT");
  if (settings_.sync == Sync::full) guarded([&] { sync_wal(file_.getHandle()); });
}

void Connection::roll_back() noexcept {
  sqlite3_exec(file_.getHandle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

bool Connection::in_transaction() const {
  return !reading_ && sqlite3_get_autocommit(file_.getHandle()) == 0;
}

void Connection::begin_reading() {
  guarded([&] { file_.exec("BEGIN"); });
  reading_ = true;
}

void Connection::end_reading() noexcept {
  sqlite3_exec(file_.getHandle(), "COMMIT", nullptr, nullptr, nullptr);
  reading_ = false;
}

void Connection::begin_filling() {
  guarded([&] {
    std::vector<std::string> names;
    {
      SQLite::Statement all(file_, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'");
      while (all.executeStep()) {
        names.push_back(all.getColumn(0).getString());
        triggers_.push_back(all.getColumn(1).getString());
      }
    }
    for (const auto& name : names) file_.exec("DROP TRIGGER " + name);
  });
}

void Connection::end_filling() {
  guarded([&] {
    for (const auto& sql : std::exchange(triggers_, {})) file_.exec(sql);
  });
}

std::int64_t Connection::written() const { return sqlite3_total_changes64(file_.getHandle()); }

int Connection::schema() {
  return guarded([&] {
    const int version = number(file_, "PRAGMA user_version");
    if (number(file_, "PRAGMA application_id") == kApplicationId) return version;
    const bool empty = version == 0 && number(file_, "SELECT count(*) FROM sqlite_schema") == 0;
    if (!empty) throw Unavailable("the file is not a store of roomkey");
    return version;
  });
}

void Connection::lay_out() {
  guarded([&] {
    // An audit event fills a small part of a page, and whole pages are what a commit writes: half
    // the usual size takes a tenth off its time. Counts for a new file only.
    file_.exec("PRAGMA page_size = 2048");
    file_.exec("PRAGMA journal_mode = WAL");
  });
}

void Connection::migrate(std::string_view script, int schema) {
  guarded([&] {
    // The scripts are our own, and one of them rewords a rule of a table (011).
    sqlite3_db_config(file_.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr);
    file_.exec(std::string(script));
    sqlite3_db_config(file_.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    file_.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    file_.exec("PRAGMA user_version = " + std::to_string(schema));
  });
}

void Connection::begin_wiping() {
  guarded([&] { file_.exec("PRAGMA secure_delete = ON"); });
}

// Whoever reads as of before lets the WAL keep what was removed; then the next checkpoint ends it.
void Connection::end_wiping() {
  const auto patience = std::exchange(patience_.limit, std::chrono::milliseconds{10});
  sqlite3_wal_checkpoint_v2(file_.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                            nullptr);
  patience_.limit = patience;
}

}  // namespace roomkey::store::driver::sqlite
