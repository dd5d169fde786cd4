#include <set>

#include "store/driver/sqlite/driver.hpp"
#include "store/query.hpp"

namespace roomkey::store::driver::sqlite {

namespace {

// Every table, index and trigger with its text.
std::set<std::string> schema_of(Database& database) {
  std::set<std::string> objects;
  Query query(database,
              "SELECT type || ' ' || name || ' ' || ifnull(sql, '') FROM sqlite_schema"
              " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  while (query.step()) objects.insert(query.text(0));
  return objects;
}

}  // namespace

std::vector<std::string> damage(Database& database) {
  std::vector<std::string> faults;
  Query integrity(database, "PRAGMA integrity_check(10)");
  while (integrity.step()) {
    if (integrity.text(0) != "ok") faults.push_back(integrity.text(0));
  }
  Query keys(database, "SELECT \"table\", rowid FROM pragma_foreign_key_check LIMIT 10");
  while (keys.step()) {
    faults.push_back("row " + std::to_string(keys.integer(1)) + " of " + keys.text(0) +
                     " points to nothing");
  }
  return faults;
}

bool is_as_made(Database& database, int schema) {
  Database fresh(Settings{":memory:"});
  fresh.migrate(schema);
  return schema_of(database) == schema_of(fresh);
}

}  // namespace roomkey::store::driver::sqlite
