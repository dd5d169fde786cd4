// The one road to SQLite's statements. Private to this room.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "roomkey/store/database.hpp"

namespace roomkey::store {

struct Connection {
  SQLite::Database sqlite;
  dev_t device = 0;
  ino_t inode = 0;
  bool broken = false;                    // to be opened anew before the next request
  std::chrono::milliseconds patience{0};  // how long to wait for another's lock
  int next_checkpoint = 0;                // in frames of the WAL
  // Prepared once; the key is the address of the literal that holds the SQL.
  std::unordered_map<const char*, SQLite::Statement> statements = {};
};

Connection& connection_of(Database& database);

// Runs `work` and turns SQLite's exceptions into Unavailable; anything but a lock or a full disk
// marks the connection as broken.
// Of a result code of SQLite's, extended or not.
[[nodiscard]] base::Unavailable::Cause cause_of(int code);
[[noreturn]] void throw_unavailable(Connection* connection, const SQLite::Exception& fault);
template <typename Work>
decltype(auto) guarded(Connection* connection, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const SQLite::Exception& fault) {
    throw_unavailable(connection, fault);
  }
}

// Bytes to be bound as a BLOB.
struct Blob {
  std::string_view bytes;
};

// One run of a prepared statement. `sql` must be a literal. Reset when it goes out of scope, so no
// read lock stays behind.
class Query {
 public:
  template <typename... Values>
  Query(Database& database, const char* sql, const Values&... values)
      : connection_(connection_of(database)), statement_(prepared(sql)) {
    int index = 0;
    guarded(&connection_, [&] { (bind(++index, values), ...); });
  }
  ~Query() { statement_.tryReset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // True while there is a row to read.
  bool step();
  void run() {
    while (step()) continue;
  }

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;  // of a BLOB: its bytes
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
  [[nodiscard]] std::optional<std::string> optional_text(int column) const;

 private:
  SQLite::Statement& prepared(const char* sql);
  void bind(int index, std::int64_t value) { statement_.bind(index, value); }
  void bind(int index, const std::string& value) { statement_.bind(index, value); }
  void bind(int index, std::string_view value) { statement_.bind(index, std::string(value)); }
  void bind(int index, Blob blob) {
    statement_.bind(index, blob.bytes.data(), static_cast<int>(blob.bytes.size()));
  }
  template <typename T>
  void bind(int index, const std::optional<T>& value) {
    value ? bind(index, *value) : statement_.bind(index);
  }

  Connection& connection_;
  SQLite::Statement& statement_;
};

}  // namespace roomkey::store
