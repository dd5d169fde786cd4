// The one road to the store's statements. Private to this room.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "roomkey/store/audit.hpp"
#include "roomkey/store/database.hpp"
#include "store/driver/connection.hpp"

namespace roomkey::store {

// What a Database has once it is open.
struct OpenStore {
  std::unique_ptr<driver::Connection> connection;
  // Prepared once; the key is the address of the literal that holds the SQL.
  std::unordered_map<const char*, std::unique_ptr<driver::Statement>> statements = {};
  int readings = 0;                     // one within the other
  bool keyed = false;                   // the audit's last events have a MAC under the key in use
  std::vector<AuditEvent> events = {};  // of the open transaction, not written yet
  std::int64_t appended = 0;            // events, ever
  bool lacks_events = false;            // the open transaction: writing them has failed

  // Grows with all that is to be written.
  [[nodiscard]] std::int64_t written() const { return connection->written() + appended; }
};

[[nodiscard]] OpenStore& open_store_of(Database& database);

// Places for so many values, for a Query of many.
#define ROOMKEY_TEN "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
#define ROOMKEY_FIFTY \
  ROOMKEY_TEN ", " ROOMKEY_TEN ", " ROOMKEY_TEN ", " ROOMKEY_TEN ", " ROOMKEY_TEN
#define ROOMKEY_MANY ROOMKEY_FIFTY ", " ROOMKEY_FIFTY
inline constexpr std::size_t kMany = 100;

// When what the database says of a change is to be known.
enum class Hear { now, by_the_commit };

// Bytes to be bound as such.
struct Blob {
  std::string_view bytes;
};

// One run of a prepared statement. `sql` must be a literal. Reset when it goes out of scope, so no
// read lock stays behind.
class Query {
 public:
  template <typename... Values>
  Query(Database& database, const char* sql, const Values&... values)
      : statement_(prepared(open_store_of(database), sql)) {
    bind_from(1, values...);
  }
  // `sql` has ROOMKEY_MANY; places that are left over get the first value again.
  template <typename Value>
  Query(Database& database, const char* sql, std::span<const Value> values)
      : statement_(prepared(open_store_of(database), sql)) {
    for (std::size_t i = 0; i < kMany; ++i) {
      bind(static_cast<int>(i) + 1, values[i < values.size() ? i : 0]);
    }
  }
  // Its places from there on, for one that was made without values.
  template <typename... Values>
  void bind_from(int index, const Values&... values) {
    (bind(index++, values), ...);
  }
  ~Query() { statement_.reset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Within a transaction: the same is asked soon. See driver::Statement for which may.
  void expect() { statement_.expect(); }
  // True while there is a row to read.
  bool step() { return statement_.step(); }
  void run() {
    while (step()) continue;
  }
  // The same where no row is read: a server may be heard later, before the commit at the latest.
  void run_unheard() { statement_.run_unheard(); }
  void run(Hear when) { when == Hear::now ? run() : run_unheard(); }
  // Runs it and returns how many rows it changed.
  std::int64_t changed() {
    run();
    return statement_.changed();
  }

  [[nodiscard]] bool is_null(int column) const { return statement_.is_null(column); }
  [[nodiscard]] std::int64_t integer(int column) const { return statement_.integer(column); }
  // Of a BLOB: its bytes.
  [[nodiscard]] std::string text(int column) const { return statement_.text(column); }
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
  [[nodiscard]] std::optional<std::string> optional_text(int column) const;

 private:
  static driver::Statement& prepared(OpenStore& store, const char* sql);
  void bind(int index, std::int64_t value) { statement_.bind_integer(index, value); }
  void bind(int index, std::string_view value) { statement_.bind_text(index, value); }
  void bind(int index, Blob blob) { statement_.bind_bytes(index, blob.bytes); }
  template <typename T>
  void bind(int index, const std::optional<T>& value) {
    value ? bind(index, *value) : statement_.bind_null(index);
  }

  driver::Statement& statement_;
};

// Runs it for a part of the values after the other, and calls `use` with each row.
template <typename Value, typename Use>
void each_of_many(Database& database, const char* sql, std::span<const Value> values,
                  const Use& use) {
  while (!values.empty()) {
    const auto part = values.first(std::min(values.size(), kMany));
    values = values.subspan(part.size());
    Query query(database, sql, part);
    while (query.step()) use(query);
  }
}

}  // namespace roomkey::store
