#include "store/driver/postgresql/connection.hpp"

#include <algorithm>

#include "store/driver/postgresql/driver.hpp"
#include "store/driver/postgresql/fault.hpp"
#include "store/driver/postgresql/servers.hpp"
#include "store/driver/postgresql/statement.hpp"
#include "store/query.hpp"

namespace roomkey::store::driver::postgresql {

namespace {

using base::Unavailable;
using namespace std::chrono_literals;

constexpr int kOldest = 130000;
// Where nobody waits for an answer. Not for ever: a commit may wait for a standby that is gone.
constexpr auto kLongestCommit = 60s;
// After a transaction that was done for nothing, so many take the lock first: others write much.
constexpr int kCareful = 8;

Clock::time_point in(std::optional<std::chrono::milliseconds> time) {
  return time ? Clock::now() + *time : kNever;
}

std::string set(const char* name, std::chrono::milliseconds time) {
  return std::string("SET ") + name + " = " + std::to_string(time.count()) + ';';
}

// Of the first row; empty where there is none.
std::string value(const Result& result, int column = 0) {
  PGresult* const rows = result.get();
  if (libpq().PQntuples(rows) == 0 || libpq().PQgetisnull(rows, 0, column) == 1) return {};
  return libpq().PQgetvalue(rows, 0, column);
}

}  // namespace

std::unique_ptr<driver::Connection> open(const Settings& settings, bool) {
  return std::make_unique<Connection>(settings);
}

Connection& connection_of(Database& database) {
  auto* connection = dynamic_cast<Connection*>(open_store_of(database).connection.get());
  if (connection == nullptr) throw Unavailable("the store is not one of PostgreSQL's");
  return *connection;
}

Connection::Connection(const Settings& settings)
    : settings_(settings), until_(in(settings.answer_within)), wire_(connect(settings, until_)) {
  set_up();
}

void Connection::set_up() {
  if (wire_->version() < kOldest) {
    throw Unavailable(settings_.called + ": the server is PostgreSQL " +
                      std::to_string(wire_->version() / 10000) + ", needed is 13 or later");
  }
  const auto within = settings_.answer_within.value_or(0ms);
  // Sooner than the time is up: a lock that is held makes no server one that is away.
  const auto lock =
      within > 0ms ? std::min(within * 2 / 3, settings_.busy_timeout) : settings_.busy_timeout;
  // Whoever dies in a transaction must not hold the others up for long.
  wire_->run(set("statement_timeout", within) + set("lock_timeout", lock) +
                 set("idle_in_transaction_session_timeout", within > 0ms ? 5s : 300s) +
                 "SET synchronous_commit = " + (settings_.sync == Sync::full ? "on" : "local"),
             until_);
}

bool Connection::usable() {
  // What is done once more has no more time than it had.
  fresh_ = std::exchange(again_, false) && Clock::now() < until_;
  return state_ != State::idle || wire_->works();
}

std::unique_ptr<driver::Statement> Connection::prepare(const char* sql) {
  return std::make_unique<Statement>(*this, sql);
}

Clock::time_point Connection::deadline() {
  if (state_ != State::writing && !fresh_) until_ = in(settings_.answer_within);
  return until_;
}

bool Connection::needs_standby() const {
  return settings_.sync == Sync::full && !settings_.may_be_alone;
}

void Connection::require_standby(std::string_view names) const {
  if (!needs_standby() || !names.empty()) return;
  throw Unavailable(settings_.called + ": the server has no synchronous standby",
                    Unavailable::Cause::alone);
}

// Somebody else has changed something since, or nobody knows.
void Connection::require_turn(std::string_view turn) {
  if (!turn_ || *turn_ == turn) return;
  careful_ = kCareful;
  again_ = true;
  throw Unavailable(settings_.called + ": what was read was changed meanwhile",
                    Unavailable::Cause::conflict);
}

void Connection::send(const char* sql, Wire::Hear hear) {
  std::string& name = own_[sql];
  if (name.empty()) {
    const std::string fresh = next_name();
    wire_->prepare(fresh, sql, {}, deadline());
    name = fresh;
  }
  wire_->send_prepared(name, {}, std::move(hear));
}

void Connection::begin(Lock lock) {
  if (state_ != State::idle) throw std::logic_error("a transaction within a reading");
  static_cast<void>(deadline());
  state_ = State::writing;
  locked_ = holds_ = changes_ = false;
  begin_era();
  turn_.reset();
  serves_ = lock == Lock::last;
  static_cast<void>(wire_->met_conflict());
  try {
    if (lock == Lock::last && careful_ == 0) {
      turn_.emplace();
      send("SELECT turn FROM roomkey", [this](const Result& row) { turn_ = value(row); });
      return;
    }
    careful_ = std::max(0, careful_ - 1);
    this->lock();
    hear();
  } catch (const Unavailable&) {
    roll_back();
    throw;
  }
}

// All that write take their turn at this row, the audit's one chain would have them wait for each
// other all the same. Those that only add to the audit leave it as it is: nobody decides by that.
void Connection::lock() {
  if (locked_) return;
  locked_ = true;
  wire_->send("BEGIN ISOLATION LEVEL READ COMMITTED");
  send(
      "SELECT turn, current_setting('synchronous_standby_names') FROM roomkey"
      " FOR NO KEY UPDATE",
      [this](const Result& row) {
        require_standby(value(row, 1));
        require_turn(value(row));
        holds_ = true;
      });
}

void Connection::about_to_change() {
  begin_era();
  if (state_ != State::writing || std::exchange(changes_, true)) return;
  lock();
  send("UPDATE roomkey SET turn = turn + 1");
}

void Connection::begin_era() {
  ++era_;
  expecting_.clear();
}

void Connection::ask_for_expected() {
  if (expecting_.empty()) return;
  for (Statement* const statement : std::exchange(expecting_, {})) statement->ask();
  hear();
}

// The names of the standbys are looked at once more in the same breath: without them the commit
// has waited for nobody.
void Connection::commit() {
  if (!wire_->works()) {
    state_ = State::idle;
    throw fault_of(settings_.called, "08000");
  }
  if (locked_ && !holds_) hear();
  if (locked_ && !holds_) throw fault_of(settings_.called, "25P02");
  const auto until = settings_.answer_within ? until_ : Clock::now() + kLongestCommit;
  static_cast<void>(wire_->warned());
  std::string names, done;
  try {
    if (locked_) {
      wire_->send("SHOW synchronous_standby_names", [&](const Result& row) { names = value(row); });
      wire_->send("COMMIT", [&](const Result& end) { done = libpq().PQcmdStatus(end.get()); });
    }
    wire_->hear(until);
  } catch (const Unavailable& fault) {
    if (!wire_->is_lost()) throw;  // the server has said no: it is undone
    state_ = State::idle;
    if (!locked_) throw;
    // Never to be cancelled: then the server would take it for done without its standby.
    wire_->give_up();
    avoid_server();
    throw Unavailable(std::string(fault.what()) + ": whether it was committed is not known",
                      Unavailable::Cause::unknown_outcome);
  }
  state_ = State::idle;
  if (!locked_) return;
  if (done != "COMMIT") throw fault_of(settings_.called, "25P02");
  require_standby(names);
  if (needs_standby() && wire_->warned()) {
    throw Unavailable(settings_.called + ": the commit was not confirmed by a standby",
                      Unavailable::Cause::unknown_outcome);
  }
}

void Connection::roll_back() noexcept {
  again_ = again_ || (serves_ && wire_->met_conflict());
  if (std::exchange(state_, State::idle) != State::writing || !wire_->works()) return;
  const auto until = std::min(until_, Clock::now() + 1s);
  try {
    wire_->hear(until);
  } catch (const std::exception&) {  // it is undone, whatever it was
  }
  try {
    if (locked_ && wire_->works()) wire_->run("ROLLBACK", until);
  } catch (const std::exception&) {
    wire_->give_up();
  }
}

void Connection::begin_reading() {
  if (state_ != State::idle) throw std::logic_error("a reading within another, or a transaction");
  wire_->run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", deadline());
  state_ = State::reading;
}

void Connection::end_reading() noexcept {
  state_ = State::idle;
  try {
    if (wire_->works()) wire_->run("COMMIT", deadline());
  } catch (const std::exception&) {
    wire_->give_up();
  }
}

std::string Connection::text(const std::string& sql) {
  return value(wire_->run(sql, deadline()).back());
}

}  // namespace roomkey::store::driver::postgresql
