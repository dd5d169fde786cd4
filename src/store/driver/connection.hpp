// The seam below the store: all that its functions know of a database. Whatever can't be done now
// is thrown as base::Unavailable with its cause, fit for a log line. Private to this room.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "roomkey/store/database.hpp"

namespace roomkey::store::driver {

// A rule of the schema refuses the change: a fault of the program, not of the store. The open
// transaction may be good for nothing but to be rolled back.
class BrokenRule : public std::logic_error {
 public:
  // `said` by the database, not fit for a log line.
  explicit BrokenRule(std::string said)
      : logic_error("the store's rules refuse the change"), said_(std::move(said)) {}
  // Whether it is the trigger that says so.
  [[nodiscard]] bool is(std::string_view rule) const {
    return said_.find(rule) != std::string::npos;
  }

 private:
  std::string said_;
};

// A prepared statement: its parameters are bound, it is stepped from row to row, then reset.
class Statement {
 public:
  virtual ~Statement() = default;

  // The first parameter is 1.
  virtual void bind_null(int index) = 0;
  virtual void bind_integer(int index, std::int64_t value) = 0;
  virtual void bind_text(int index, std::string_view value) = 0;
  virtual void bind_bytes(int index, std::string_view value) = 0;

  // Within a transaction: it is to be stepped with the value that is bound, an id, which is its
  // first column as well (SELECT id, ... WHERE id = ?, no more than a row). Such are asked for
  // together. What they gave holds until something is changed.
  virtual void expect() {}

  // True while there is a row to read.
  virtual bool step() = 0;
  // Runs it. What the database says of it may be heard as late as when the next one runs, or at the
  // commit.
  virtual void run_unheard() {
    while (step()) continue;
  }
  // Rows that it changed, once step() was false and before anything else runs.
  [[nodiscard]] virtual std::int64_t changed() const = 0;
  // For the next run. No lock stays behind.
  virtual void reset() noexcept = 0;

  // Of the row; the first column is 0.
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual std::string text(int column) const = 0;  // of bytes: themselves
};

// One open connection, for one thread. Its statements must be gone before it goes.
class Connection {
 public:
  virtual ~Connection() = default;

  // Asked before each request. False where it must be opened anew: after a fault that does not
  // pass, or when another store has taken the address. Never for such a change within a
  // transaction.
  [[nodiscard]] virtual bool usable() = 0;

  [[nodiscard]] virtual std::unique_ptr<Statement> prepare(const char* sql) = 0;

  // A write transaction: what is read in it holds until it ends.
  virtual void begin(Lock lock) = 0;
  // Takes the lock now at the latest.
  virtual void lock() = 0;
  // Waits for what was run unheard.
  virtual void hear() = 0;
  // Whether each statement is a way to a server and back.
  [[nodiscard]] virtual bool is_far() const { return false; }
  // As safe as Settings::sync says when it returns.
  virtual void commit() = 0;
  virtual void roll_back() noexcept = 0;
  [[nodiscard]] virtual bool in_transaction() const = 0;
  // Rows written since it was opened.
  [[nodiscard]] virtual std::int64_t written() const = 0;

  // Between these two all that is read is as of one moment, and of long answers no more than a part
  // is held in memory; nothing is written.
  virtual void begin_reading() = 0;
  virtual void end_reading() noexcept = 0;

  // 0 where the store is empty. Unavailable where it is not roomkey's.
  [[nodiscard]] virtual int schema() = 0;
  // Before the first migration: how the data are to lie on the disk.
  virtual void lay_out() = 0;
  // Runs the script that leads to that schema. Part of the open transaction.
  virtual void migrate(std::string_view script, int schema) = 0;

  // Within a transaction, on a store without content: between these two the audit's own rules don't
  // hold, so that one can be put in as it is. Only who may change the tables can.
  virtual void begin_filling() = 0;
  virtual void end_filling() = 0;

  // From now on the content of what is deleted is wiped where it lay,
  virtual void begin_wiping() = 0;
  // and of what was, nothing stays elsewhere, unless somebody still reads as of before.
  virtual void end_wiping() = 0;
};

}  // namespace roomkey::store::driver
