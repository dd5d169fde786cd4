// Stores with the real migrations and the clinic in them: of any driver, for the tests that each of
// them must pass, and of SQLite for all others.
#pragma once

#include <array>
#include <list>
#include <string>

#include "roomkey/store/appointments.hpp"
#include "roomkey/store/users.hpp"
#include "support/postgresql.hpp"
#include "support/sqlite.hpp"
#include "support/test.hpp"

namespace roomkey::test {

// One for each row of the table of drivers.
inline constexpr std::array kGrounds{
    GroundKind{"SQLite", SqliteGround::make},
    GroundKind{"PostgreSQL", PostgresGround::make},
};

// That of the test that runs.
inline const GroundKind* ground_kind = kGrounds.data();

class OnEveryGround final {
 public:
  OnEveryGround(std::string_view file, std::string_view sentence, void (*body)()) {
    for (const GroundKind& kind : kGrounds) {
      const auto on = std::string(sentence) + " (" + std::string(kind.title) + ')';
      tests_.emplace_back(file, on, [&kind, body] {
        ground_kind = &kind;
        body();
      });
    }
  }

 private:
  std::list<Registered> tests_;
};

// A test of every driver, run on the ground of each.
#define STORE_TEST(sentence)                                                                       \
  static void sentence();                                                                          \
  static const roomkey::test::OnEveryGround registered_##sentence(__FILE__, #sentence, &sentence); \
  static void sentence()

inline void fill(store::Database& database) {
  database.migrate();
  store::Transaction transaction(database);
  store::put_user(transaction, database, jane());
  store::put_user(transaction, database, sarah());
  store::put_appointment(transaction, database, appointment_47());
  transaction.commit();
}

// What they have: a store that is quickly made, and one that others can open as well.
struct QuickStore {
  std::unique_ptr<Ground> ground = ground_kind->make();
  store::Database database{ground->own()};
  QuickStore() { fill(database); }
};

struct SharedStore {
  std::unique_ptr<Ground> ground = ground_kind->make();
  store::Database database{ground->shared()};
  SharedStore() { fill(database); }

  // For others who open it too.
  [[nodiscard]] const store::Settings& settings() const { return database.settings(); }
};

inline store::Settings named_by(access::Identities identities, store::Settings settings) {
  settings.identities = std::move(identities);
  return settings;
}

// The same of SQLite: in memory, and in a file that other programs can open.
struct MemoryStore {
  store::Database database;
  explicit MemoryStore(access::Identities identities = {})
      : database(named_by(std::move(identities), settings_at(":memory:"))) {
    fill(database);
  }
};

struct FileStore {
  Folder folder;
  store::Database database{settings_at(folder.file("roomkey.db"))};
  FileStore() { fill(database); }

  [[nodiscard]] Raw other_program() const { return Raw(database.path()); }
};

// A store file with the clinic in it that nobody has open.
inline std::string closed_store(const Folder& folder, std::string_view name = "roomkey.db") {
  store::Database database(settings_at(folder.file(name)));
  fill(database);
  return folder.file(name);
}

inline store::AuditEvent event_at(std::chrono::sys_seconds at) {
  return {.at = at,
          .request_id = "0123456789abcdef",
          .user_id = 2,
          .appointment_id = 47,
          .action = "video_token",
          .outcome = store::Outcome::granted,
          .expires_at = at + 90min};
}

// Three events: a token, a refusal without times, a change without anybody.
inline void append_three(store::Database& database) {
  store::append_audit(database, event_at(kNine));
  store::append_audit(database, {0, kNine + 1s, "b", 19, 47, "video_token", store::Outcome::refused,
                                 "permission_denied", std::nullopt});
  store::append_audit(database, {0, kNine + 2s, "cli", std::nullopt, std::nullopt, "import",
                                 store::Outcome::changed, "", std::nullopt});
}

inline std::vector<store::AuditEvent> audit_of(store::Database& database,
                                               const store::AuditFilter& filter = {}) {
  std::vector<store::AuditEvent> events;
  store::each_audit_event(database, filter,
                          [&](const store::AuditEvent& event) { events.push_back(event); });
  return events;
}

}  // namespace roomkey::test
