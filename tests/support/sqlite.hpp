// SQLite's ground, and a road to its files that is not roomkey's.
#pragma once

#include <sqlite3.h>

#include <optional>
#include <stdexcept>
#include <string>

#include "support/clinic.hpp"
#include "support/folder.hpp"
#include "support/ground.hpp"

namespace roomkey::test {

// Locks are given up soon, and nothing waits for a disk.
inline store::Settings settings_at(const std::string& path) {
  store::Settings settings{path, store::Sync::normal, std::chrono::milliseconds{30}};
  settings.room_provider = "twilio";
  return settings;
}

class SqliteGround final : public Ground {
 public:
  [[nodiscard]] store::Settings shared() override {
    if (!folder_) folder_.emplace();
    return settings_at(folder_->file(std::to_string(++stores_) + ".db"));
  }
  [[nodiscard]] store::Settings own() override { return settings_at(":memory:"); }

  static std::unique_ptr<Ground> make() { return std::make_unique<SqliteGround>(); }

 private:
  std::optional<Folder> folder_;
  int stores_ = 0;
};

// A connection of its own, as another program would have.
class Raw {
 public:
  explicit Raw(const std::string& path) {
    if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) throw std::runtime_error("no file");
  }
  ~Raw() { sqlite3_close(handle_); }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  // Throws what SQLite says.
  void run(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(handle_));
    }
  }
  // The same, and the tables' own rules don't hold.
  void run_unchecked(const std::string& sql) { run("PRAGMA ignore_check_constraints = ON;" + sql); }
  void drop_triggers() {
    run(
        text("SELECT group_concat('DROP TRIGGER ' || name, ';') FROM sqlite_schema"
             " WHERE type = 'trigger'"));
  }
  // The first column of the first row.
  std::string text(const std::string& sql) {
    std::string result;
    const auto take = [](void* out, int, char** values, char**) {
      *static_cast<std::string*>(out) = values[0] == nullptr ? "null" : values[0];
      return 0;
    };
    if (sqlite3_exec(handle_, sql.c_str(), take, &result, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(handle_));
    }
    return result;
  }

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace roomkey::test
