// One connection to a server of PostgreSQL's.
#pragma once

#include <map>
#include <memory>
#include <string_view>

#include "roomkey/store/database.hpp"
#include "store/driver/connection.hpp"
#include "store/driver/postgresql/wire.hpp"

namespace roomkey::store::driver::postgresql {

// It says what this is and of which schema, and all that write take their turn at its one row. A
// worker may change nothing of it but `turn`, without which it could not lock the row.
inline constexpr const char* kTurnTable =
    "CREATE TABLE IF NOT EXISTS roomkey (one BIGINT PRIMARY KEY CHECK (one = 1),"
    " schema BIGINT NOT NULL, turn BIGINT NOT NULL DEFAULT 0);";

class Statement;

class Connection final : public driver::Connection {
 public:
  explicit Connection(const Settings& settings);

  [[nodiscard]] bool usable() override;
  [[nodiscard]] std::unique_ptr<driver::Statement> prepare(const char* sql) override;
  void begin(Lock lock) override;
  void lock() override;
  void hear() override { wire_->hear(deadline()); }
  [[nodiscard]] bool is_far() const override { return true; }
  void commit() override;
  void roll_back() noexcept override;
  [[nodiscard]] bool in_transaction() const override { return state_ == State::writing; }
  [[nodiscard]] std::int64_t written() const override { return written_; }
  void begin_reading() override;
  void end_reading() noexcept override;
  [[nodiscard]] int schema() override;
  void lay_out() override;
  void migrate(std::string_view script, int schema) override;
  void begin_filling() override;
  void end_filling() override;
  void begin_wiping() override {}
  void end_wiping() override;

  // For its statements and this driver's own.
  [[nodiscard]] Wire& wire() { return *wire_; }
  [[nodiscard]] bool reads_in_parts() const { return state_ == State::reading; }
  // Until when the next statement may take.
  [[nodiscard]] Clock::time_point deadline();
  void add_written(std::int64_t rows) { written_ += rows; }
  // Before a statement that changes what others decide by.
  void about_to_change();
  // What was read in an era holds until the next, within the transaction: until something is
  // changed.
  [[nodiscard]] std::uint64_t era() const { return era_; }
  // A statement has rows to ask for, in this era; all such are asked for together, and waited for.
  void expects(Statement& statement) { expecting_.push_back(&statement); }
  void ask_for_expected();
  [[nodiscard]] std::string next_name() { return "s" + std::to_string(++names_); }
  // The first column of the first row; empty where it is null.
  [[nodiscard]] std::string text(const std::string& sql);

 private:
  enum class State { idle, reading, writing };
  void set_up();
  [[nodiscard]] bool needs_standby() const;
  void require_standby(std::string_view names) const;
  void send(const char* sql, Wire::Hear hear = {});
  void require_turn(std::string_view turn);
  void begin_era();

  Settings settings_;
  Clock::time_point until_;  // of the transaction, or of the work that it was opened for
  std::unique_ptr<Wire> wire_;
  bool fresh_ = true;  // the work that it was opened for goes on
  State state_ = State::idle;
  bool locked_ = false;   // and so begun, for the server
  bool holds_ = false;    // the lock, and what was read
  bool changes_ = false;  // what others decide by
  // As it was before anything was read, empty until it is heard; none where the lock came first.
  std::optional<std::string> turn_;
  int careful_ = 0;      // transactions that take the lock first, whatever they are
  bool serves_ = false;  // a request, which is tried once more after a conflict
  bool again_ = false;   // what comes next has been tried before
  std::int64_t written_ = 0;
  std::uint64_t era_ = 1;
  std::vector<Statement*> expecting_;
  std::map<const char*, std::string> own_;  // its own statements' names
  int names_ = 0;
};

// The database's own connection. Unavailable where it has none, or is not PostgreSQL's.
[[nodiscard]] Connection& connection_of(Database& database);

}  // namespace roomkey::store::driver::postgresql
