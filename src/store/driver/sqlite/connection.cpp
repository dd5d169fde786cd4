#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <span>
#include <thread>
#include <utility>

#include "roomkey/store/database.hpp"
#include "store/driver/sqlite/migrations.hpp"
#include "store/query.hpp"

namespace roomkey::store {

namespace {

using base::Unavailable;
using driver::sqlite::migrations;

constexpr int kApplicationId = 0x524B4559;  // "RKEY", so that a foreign file is known as such

// SQLite's own busy handler sleeps for 1 ms and more, an age beside a commit of microseconds. This
// one begins with 20 microseconds and ends when the time is up.
int wait_for_lock(void* timeout, int tries) {
  using Clock = std::chrono::steady_clock;
  static Clock::time_point started;
  if (tries == 0) started = Clock::now();
  if (Clock::now() - started >= *static_cast<std::chrono::milliseconds*>(timeout)) return 0;
  std::this_thread::sleep_for(std::chrono::microseconds{std::min(5000, 20 << std::min(tries, 8))});
  return 1;
}

// SQLite's own way, a checkpoint after each commit past the limit, never ends under load: some
// worker is always reading, so the WAL can't start over, and every commit pays for a sync. Here a
// checkpoint is due once in so many frames (8 MiB), goes as far as it can beside the others, and
// then has them wait for a moment, so that the WAL starts over. Where a long reader is in the way,
// it is left for later.
int checkpoint_when_due(void* context, sqlite3* sqlite, const char*, int frames) {
  constexpr int kEvery = 4000;
  constexpr std::chrono::milliseconds kMoment{10};
  auto& connection = *static_cast<Connection*>(context);
  if (frames < kEvery) connection.next_checkpoint = kEvery;
  if (frames < connection.next_checkpoint) return SQLITE_OK;
  connection.next_checkpoint = frames + kEvery / 4;
  const auto patience = std::exchange(connection.patience, kMoment);
  sqlite3_wal_checkpoint_v2(sqlite, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  sqlite3_wal_checkpoint_v2(sqlite, nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  connection.patience = patience;
  return SQLITE_OK;  // the commit stands, whatever became of the checkpoint
}

constexpr std::string_view kInMemory = ":memory:";

int pragma_number(SQLite::Database& sqlite, const char* pragma) {
  return sqlite.execAndGet(pragma).getInt();
}

// SQLite opens a file so that it can't write to rather than not at all.
bool is_read_only(const Connection& connection) {
  return sqlite3_db_readonly(connection.sqlite.getHandle(), "main") == 1;
}

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

Connection& connection_of(Database& database) { return database.connection(); }

Unavailable::Cause cause_of(int code) {
  using Cause = Unavailable::Cause;
  switch (code & 0xFF) {
    case SQLITE_CANTOPEN: return Cause::missing;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Cause::locked;
    case SQLITE_FULL: return Cause::disk_full;
    case SQLITE_IOERR: return Cause::disk_fails;
    case SQLITE_READONLY: return Cause::not_allowed;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return Cause::unreadable;
    default: return Cause::other;
  }
}

void throw_unavailable(Connection* connection, const SQLite::Exception& fault) {
  const int code = fault.getErrorCode() & 0xFF;
  // A broken rule is a fault of the program, not of the store.
  if (code == SQLITE_CONSTRAINT) throw std::logic_error("the store's rules refuse the change");
  const bool passing = code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_FULL;
  if (connection != nullptr && !passing) connection->broken = true;
  // SQLite's text for the code; its message could hold SQL.
  throw Unavailable(std::string("the store: ") + sqlite3_errstr(code), cause_of(code));
}

Database::Database(Settings settings) : settings_(std::move(settings)) { set_up_sqlite(); }
Database::~Database() = default;

Connection& Database::connection() {
  if (!connection_) throw Unavailable("the store is not open");
  return *connection_;
}

void Database::open(bool create) {
  connection_.reset();
  guarded(nullptr, [&] {
    connection_.reset(new Connection{SQLite::Database(settings_.path, open_flags(create))});
    SQLite::Database& sqlite = connection_->sqlite;
    connection_->patience = settings_.busy_timeout;
    sqlite3_busy_handler(sqlite.getHandle(), wait_for_lock, &connection_->patience);
    sqlite3_wal_hook(sqlite.getHandle(), checkpoint_when_due, connection_.get());
    sqlite3_db_config(sqlite.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite.exec("PRAGMA trusted_schema = OFF");
    sqlite.exec("PRAGMA foreign_keys = ON");
    sqlite.exec("PRAGMA cache_size = -1024");
    // For Sync::full as well: SQLite would sync with the write lock in its hand, see sync_wal().
    sqlite.exec("PRAGMA synchronous = NORMAL");
  });
  struct stat file {};
  if (stat(settings_.path.c_str(), &file) == 0) {
    connection_->device = file.st_dev;
    connection_->inode = file.st_ino;
  }
}

void Database::check_schema(Schema accepted) {
  guarded(connection_.get(), [&] {
    SQLite::Database& sqlite = connection_->sqlite;
    const int version = pragma_number(sqlite, "PRAGMA user_version");
    const bool ours = pragma_number(sqlite, "PRAGMA application_id") == kApplicationId;
    const bool empty =
        version == 0 && pragma_number(sqlite, "SELECT count(*) FROM sqlite_schema") == 0;
    if (!ours && !empty) throw Unavailable("the file is not a store of roomkey");
    if (accepted == Schema::any) return;
    if (version > newest_schema()) {
      throw Unavailable("the store has schema " + std::to_string(version) + ", newer than " +
                            std::to_string(newest_schema()) +
                            ", the newest that this roomkey knows",
                        Unavailable::Cause::newer_schema);
    }
    if (accepted == Schema::newest && version < newest_schema()) {
      throw Unavailable("the store has schema " + std::to_string(version) + ", needed is " +
                            std::to_string(newest_schema()) + ": run `roomkey db migrate`",
                        Unavailable::Cause::older_schema);
    }
  });
}

bool Database::usable() const {
  if (!connection_ || connection_->broken || is_read_only(*connection_)) return false;
  if (sqlite3_get_autocommit(connection_->sqlite.getHandle()) == 0) return true;
  if (settings_.path == kInMemory) return true;
  struct stat file {};
  return stat(settings_.path.c_str(), &file) == 0 && file.st_ino == connection_->inode &&
         file.st_dev == connection_->device;
}

void Database::ready(Schema accepted) {
  if (usable()) return;
  open(false);
  try {
    check_schema(accepted);
  } catch (...) {
    connection_.reset();
    throw;
  }
}

int Database::newest_schema() { return static_cast<int>(migrations().size()); }

int Database::schema() {
  return guarded(connection_.get(),
                 [&] { return pragma_number(connection().sqlite, "PRAGMA user_version"); });
}

int Database::migrate(int to) {
  open(true);
  try {
    return take_steps(to);
  } catch (...) {
    connection_.reset();  // or ready() would take it for a store
    throw;
  }
}

int Database::take_steps(int to) {
  check_schema(Schema::older);
  guarded(connection_.get(), [&] {
    // An audit event fills a small part of a page, and whole pages are what a commit writes: half
    // the usual size takes a tenth off its time. Counts for a new file only.
    connection_->sqlite.exec("PRAGMA page_size = 2048");
    connection_->sqlite.exec("PRAGMA journal_mode = WAL");
  });
  int steps = 0;
  while (true) {
    Transaction transaction(*this);
    const int version = schema();  // read under the lock: another process may be migrating too
    if (version >= to) return steps;
    guarded(connection_.get(), [&] {
      connection_->sqlite.exec(std::string(migrations()[static_cast<std::size_t>(version)]));
      connection_->sqlite.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
      connection_->sqlite.exec("PRAGMA user_version = " + std::to_string(version + 1));
    });
    transaction.commit();
    ++steps;
  }
}

Transaction::Transaction(Database& database)
    : database_(database),
      outermost_(sqlite3_get_autocommit(database.connection().sqlite.getHandle()) != 0),
      changes_before_(sqlite3_total_changes(database.connection().sqlite.getHandle())) {
  if (!outermost_) return;
  // On a file that can only be read SQLite begins such a transaction and refuses the first write.
  if (is_read_only(connection_of(database_))) {
    throw Unavailable(std::string("the store: ") + sqlite3_errstr(SQLITE_READONLY),
                      Unavailable::Cause::not_allowed);
  }
  Query(database_, "BEGIN IMMEDIATE").run();
}

void Transaction::commit() {
  if (!outermost_) return;
  Query(database_, "COMMIT").run();
  if (database_.settings_.sync == Sync::normal) return;
  Connection& connection = database_.connection();
  guarded(&connection, [&] { sync_wal(connection.sqlite.getHandle()); });
}

void Transaction::roll_back() {
  sqlite3* handle = database_.connection().sqlite.getHandle();
  if (outermost_ && sqlite3_get_autocommit(handle) == 0) {
    sqlite3_exec(handle, "ROLLBACK", nullptr, nullptr, nullptr);
  } else if (!outermost_ && sqlite3_total_changes(handle) != changes_before_) {
    throw std::logic_error("a part of a transaction can't be undone");
  }
}

Transaction::~Transaction() {
  if (outermost_) roll_back();
}

SQLite::Statement& Query::prepared(const char* sql) {
  const auto found = connection_.statements.find(sql);
  if (found != connection_.statements.end()) return found->second;
  return guarded(&connection_, [&]() -> SQLite::Statement& {
    return connection_.statements.emplace(sql, SQLite::Statement(connection_.sqlite, sql))
        .first->second;
  });
}

bool Query::step() {
  return guarded(&connection_, [&] { return statement_.executeStep(); });
}

bool Query::is_null(int column) const { return statement_.getColumn(column).isNull(); }
std::int64_t Query::integer(int column) const { return statement_.getColumn(column).getInt64(); }
std::string Query::text(int column) const { return statement_.getColumn(column).getString(); }

std::optional<std::int64_t> Query::optional_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}
std::optional<std::string> Query::optional_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional(text(column));
}

}  // namespace roomkey::store
