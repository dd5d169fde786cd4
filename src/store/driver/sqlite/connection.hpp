// One connection to a file of SQLite's.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "roomkey/store/database.hpp"
#include "store/driver/connection.hpp"
#include "store/driver/sqlite/checkpoints.hpp"
#include "store/driver/sqlite/fault.hpp"
#include "store/driver/sqlite/patience.hpp"

struct sqlite3;

namespace roomkey::store::driver::sqlite {

class Connection final : public driver::Connection {
 public:
  Connection(const Settings& settings, bool create);

  [[nodiscard]] bool usable() override;
  [[nodiscard]] std::unique_ptr<driver::Statement> prepare(const char* sql) override;
  void begin(Lock lock) override;
  void lock() override {}
  void hear() override {}
  void commit() override;
  void roll_back() noexcept override;
  [[nodiscard]] bool in_transaction() const override;
  [[nodiscard]] std::int64_t written() const override;
  void begin_reading() override;
  void end_reading() noexcept override;
  void begin_filling() override;
  void end_filling() override;
  [[nodiscard]] int schema() override;
  void lay_out() override;
  void migrate(std::string_view script, int schema) override;
  void begin_wiping() override;
  void end_wiping() override;

  [[nodiscard]] SQLite::Database& file() { return file_; }

  // Runs `work`. Anything but a lock, a full disk or a broken rule marks the connection as broken.
  template <typename Work>
  decltype(auto) guarded(Work&& work) {
    try {
      return std::forward<Work>(work)();
    } catch (const SQLite::Exception& fault) {
      note(fault);
      throw_fault(settings_.called, settings_.path, fault);
    }
  }

 private:
  static int after_commit(void* connection, sqlite3* file, const char*, int frames);
  void set_up();
  void note(const SQLite::Exception& fault);
  [[nodiscard]] bool is_read_only() const;
  void execute(std::optional<SQLite::Statement>& statement, const char* sql);

  Settings settings_;
  SQLite::Database file_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  bool broken_ = false;
  bool reading_ = false;
  std::vector<std::string> triggers_;  // while they are put aside
  Patience patience_;
  Checkpoints checkpoints_;
  // Prepared once.
  std::optional<SQLite::Statement> begin_;
  std::optional<SQLite::Statement> commit_;
};

// Whether the database is one of SQLite's, and open.
[[nodiscard]] bool is_file(Database& database);
// The file that the database has open. Unavailable where it has none, or is not SQLite's.
[[nodiscard]] SQLite::Database& file_of(Database& database);

}  // namespace roomkey::store::driver::sqlite
