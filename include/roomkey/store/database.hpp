// `store` owns users, appointments, rooms, audit. SQL stands only here and in `sql/`; what keeps it
// is a driver's business (src/store/driver/). It knows `base`, `crypto` and `access`; no HTTP, no
// provider. Whatever goes wrong with the store is thrown as base::Unavailable with a text that is
// fit for a log line.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "roomkey/access/identity.hpp"
#include "roomkey/base/result.hpp"

namespace roomkey::crypto {
class Secret;
}

namespace roomkey::store {

struct AuditKey;

// What survives: `full` a power cut, `normal` a crash of the process.
enum class Sync { full, normal };

struct Settings {
  std::string path;  // its address, which says whose driver serves it; ":memory:" for tests
  Sync sync = Sync::full;
  // How long a statement waits for another process's lock.
  std::chrono::milliseconds busy_timeout{2000};
  std::string called = "the store";                // in what is said of it
  std::string room_provider = {};                  // that of rooms which get their name from now on
  std::shared_ptr<const AuditKey> audit_key = {};  // audit_key.hpp; none: events have no MAC
  access::Identities identities = {};  // how people are named in the rooms that are kept here
  // Somebody waits for each commit: a thread of its own does what can be done beside it.
  bool checkpoints_beside = false;
  // How long a request may take of a store on another machine, from ready() to its commit; none: no
  // limit, for commands.
  std::optional<std::chrono::milliseconds> answer_within = {};
  std::shared_ptr<const crypto::Secret> password = {};  // of its address
  // `full` is content with a server that has no synchronous standby.
  bool may_be_alone = false;
};

// Which a file may have: the newest alone, an older one as well, or even one that this roomkey
// doesn't know.
enum class Schema { newest, older, any };

// Why no store can have that address, in words that go behind its name and don't show it; empty
// where one can. What begins as an address of the web does, `scheme:`, is never taken for a path.
[[nodiscard]] std::string address_fault(std::string_view address);

namespace driver {
struct Driver;
}
struct Files;    // files.hpp
struct Backups;  // backup.hpp
struct OpenStore;

// One connection, for one thread. Opened by the first ready() or migrate(), not by the constructor,
// so that a worker starts (and answers 503) while the store is away.
class Database {
 public:
  explicit Database(Settings settings);
  // Served by this driver, whatever the address; for tests.
  Database(Settings settings, const driver::Driver& driver);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Before each request: opens the store where that is due, also after a fault or when another
  // has taken its place. Nothing is due within a transaction. Throws Unavailable where it is
  // missing, no store of roomkey, of a schema that is not accepted (looked at when it is opened),
  // locked or broken.
  void ready(Schema accepted = Schema::newest);

  // Makes the store where it is missing and brings its schema up to that version, each step whole
  // or not at all. Returns how many steps were taken.
  int migrate(int to = newest_schema());

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const std::string& path() const { return settings_.path; }
  // Whose it is: "SQLite". Empty where the address is nobody's.
  [[nodiscard]] std::string_view title() const;
  // What its driver can besides; null where it can't.
  [[nodiscard]] const Files* files() const;
  [[nodiscard]] const Backups* backups() const;

  [[nodiscard]] static int newest_schema();
  // Of the open store.
  [[nodiscard]] int schema();

 private:
  friend OpenStore& open_store_of(Database& database);
  friend const driver::Driver& driver_of(const Database& database);
  void open(bool create);
  void check_schema(Schema accepted);
  int take_steps(int to);

  Settings settings_;
  const driver::Driver* driver_;  // null where the address is nobody's
  std::unique_ptr<OpenStore> open_;
};

// A walk over much: all that is read while it lives is as of one moment, and of a query's rows no
// more than a part is held in memory. Nothing is written meanwhile, unless it lives within a
// Transaction: then it reads as that does.
class Reading {
 public:
  // The store must be open, and stay so.
  explicit Reading(Database& database);
  ~Reading();
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  OpenStore& store_;
  bool outermost_;
};

// When a write transaction takes the store's lock. `last`: where a server keeps the store, not
// before it writes, and then it is looked whether what was read before still holds. Where it
// doesn't, Unavailable of Cause::conflict: what was done in the transaction is to be done again in
// another.
enum class Lock { first, last };

// A write transaction, undone unless committed; what is read in it holds until then. Inside another
// one it joins that: then the outer one's commit counts.
class Transaction {
 public:
  explicit Transaction(Database& database, Lock lock = Lock::first);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();
  // Undoes it now. One that joined another can't undo its part of that: std::logic_error where it
  // has written anything.
  void roll_back();

 private:
  Database& database_;
  bool outermost_ = false;
  bool ended_ = false;
  std::int64_t written_before_ = 0;
};

}  // namespace roomkey::store
