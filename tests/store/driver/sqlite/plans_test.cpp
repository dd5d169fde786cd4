// How SQLite goes about what it is asked for: EXPLAIN of the statements that were run.
#include <sqlite3.h>

#include "store/driver/sqlite/connection.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace plans_test {

using namespace roomkey::store;
using namespace roomkey::test;

// Those that this connection has prepared and that have the words in them.
std::vector<std::string> statements_with(Database& database, std::string_view words) {
  sqlite3* const handle = driver::sqlite::file_of(database).getHandle();
  std::vector<std::string> found;
  for (auto* one = sqlite3_next_stmt(handle, nullptr); one != nullptr;
       one = sqlite3_next_stmt(handle, one)) {
    if (contains(sqlite3_sql(one), words)) found.emplace_back(sqlite3_sql(one));
  }
  return found;
}

// A line for each step.
std::string plan_of(Database& database, const std::string& sql) {
  SQLite::Statement plan(driver::sqlite::file_of(database), "EXPLAIN QUERY PLAN " + sql);
  std::string text;
  while (plan.executeStep()) text += plan.getColumn(3).getString() + '\n';
  return text;
}

TEST(open_appointments_are_found_by_their_indexes_in_order_and_without_sorting) {
  MemoryStore store;
  each_open_appointment(store.database, 2, kNine, {}, [](const auto&) { return true; });
  const auto statements = statements_with(store.database, "UNION ALL");
  same(std::size_t{2}, statements.size(), "from now on, and before");
  for (const std::string& sql : statements) {
    const std::string plan = plan_of(store.database, sql);
    for (const std::string side : {"patient", "psychologist"}) {
      const std::string index = "SEARCH a USING INDEX appointments_open_of_" + side;
      expect(contains(plan, index + " (" + side + "_id=? AND starts_at>? AND starts_at<?)"), plan);
    }
    expect(!contains(plan, "SCAN") && !contains(plan, "TEMP B-TREE"), plan);
  }
}

// The steps of the statement and of the triggers that it sets off.
std::string program_of(Database& database, const std::string& sql) {
  SQLite::Statement program(driver::sqlite::file_of(database), "EXPLAIN " + sql);
  std::string text;
  while (program.executeStep()) text += program.getColumn(1).getString() + '\n';
  return text;
}

// Each takes a page cache of its own.
TEST(an_event_of_the_audit_takes_no_temporary_table) {
  MemoryStore store;
  append_three(store.database);
  const auto statements = statements_with(store.database, "INSERT INTO audit ");
  same(std::size_t{1}, statements.size());
  const std::string program = program_of(store.database, statements[0]);
  for (const std::string step : {"Program", "HaltIfNull", "NotExists"}) {
    expect(contains(program, step), program);  // its triggers and rules are in it
  }
  expect(!contains(program, "OpenEphemeral"), program);
}

}  // namespace plans_test
