// Stores with the real migrations and the clinic in them, and a road to their files that is not
// roomkey's.
#pragma once

#include <sqlite3.h>

#include <stdexcept>
#include <string>

#include "roomkey/store/appointments.hpp"
#include "roomkey/store/users.hpp"
#include "support/clinic.hpp"
#include "support/folder.hpp"

namespace roomkey::test {

// Locks are given up soon, and nothing waits for a disk.
inline store::Settings settings_at(const std::string& path) {
  return {path, store::Sync::normal, std::chrono::milliseconds{30}};
}

inline void fill(store::Database& database) {
  database.migrate();
  store::Transaction transaction(database);
  store::put_user(transaction, database, jane());
  store::put_user(transaction, database, sarah());
  store::put_appointment(transaction, database, appointment_47());
  transaction.commit();
}

// A store file with the clinic in it that nobody has open.
inline std::string closed_store(const Folder& folder, std::string_view name = "roomkey.db") {
  store::Database database(settings_at(folder.file(name)));
  fill(database);
  return folder.file(name);
}

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

// What the tests of tests/store/ run on, whatever the driver: a store that is quickly made, and one
// that others can open as well.
struct MemoryStore {
  store::Database database{settings_at(":memory:")};
  MemoryStore() { fill(database); }
};

struct FileStore {
  Folder folder;
  store::Database database{settings_at(folder.file("roomkey.db"))};
  FileStore() { fill(database); }

  // For others who open it too.
  [[nodiscard]] const store::Settings& settings() const { return database.settings(); }
  [[nodiscard]] Raw other_program() const { return Raw(database.path()); }
};

inline store::AuditEvent event_at(std::chrono::sys_seconds at) {
  return {.at = at,
          .request_id = "0123456789abcdef",
          .user_id = 2,
          .appointment_id = 47,
          .action = "video_token",
          .outcome = store::Outcome::granted,
          .expires_at = at + 90min};
}

inline std::vector<store::AuditEvent> audit_of(store::Database& database,
                                               const store::AuditFilter& filter = {}) {
  std::vector<store::AuditEvent> events;
  store::each_audit_event(database, filter,
                          [&](const store::AuditEvent& event) { events.push_back(event); });
  return events;
}

}  // namespace roomkey::test
