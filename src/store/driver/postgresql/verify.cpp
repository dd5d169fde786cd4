#include <set>

#include "store/driver/postgresql/connection.hpp"
#include "store/driver/postgresql/driver.hpp"

namespace roomkey::store::driver::postgresql {

namespace {

using base::Unavailable;
using Lines = std::set<std::string>;

// The first column of each row.
Lines lines(Connection& connection, const std::string& sql) {
  Lines all;
  const auto results = connection.wire().run(sql, connection.deadline());
  const PGresult* const rows = results.back().get();
  for (int i = 0; i < libpq().PQntuples(rows); ++i) all.insert(libpq().PQgetvalue(rows, i, 0));
  return all;
}

// Every table, column, rule, index, trigger and function of the schema in use, a line each,
// whatever its name. (Not-null rules stand with their columns; PostgreSQL 18 has rows for them as
// well.)
constexpr const char* kDescription = R"sql(
WITH tables AS (SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f')),
lines (line) AS (
  SELECT 'table ' || relname || ' ' || relkind::text || ' ' || relrowsecurity FROM tables
  UNION ALL
  SELECT 'column ' || relname || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' '
    || attnotnull || ' ' || coalesce(collname, '') || ' ' || coalesce(pg_get_expr(adbin, adrelid), '')
    FROM tables t JOIN pg_attribute ON attrelid = t.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = t.oid AND adnum = attnum
    LEFT JOIN pg_collation ON pg_collation.oid = attcollation
  UNION ALL
  SELECT 'rule ' || relname || ' ' || conname || ' ' || pg_get_constraintdef(c.oid) || ' '
    || convalidated
    FROM tables t JOIN pg_constraint c ON conrelid = t.oid WHERE contype <> 'n'
  UNION ALL
  SELECT pg_get_indexdef(indexrelid) || ' ' || indisvalid
    FROM tables t JOIN pg_index ON indrelid = t.oid
  UNION ALL
  SELECT pg_get_triggerdef(g.oid) || ' ' || tgenabled::text
    FROM tables t JOIN pg_trigger g ON tgrelid = t.oid WHERE NOT tgisinternal
  UNION ALL
  SELECT DISTINCT 'keys of ' || relname || ' are off'
    FROM tables t JOIN pg_trigger ON tgrelid = t.oid WHERE tgisinternal AND tgenabled <> 'O'
  UNION ALL
  SELECT 'rewrite ' || relname || ' ' || rulename
    FROM tables t JOIN pg_rewrite ON ev_class = t.oid
  UNION ALL
  SELECT 'function ' || proname || ' ' || prosecdef || ' ' || (proconfig IS NOT NULL) || ' '
    || has_function_privilege('public', pg_proc.oid, 'EXECUTE') || ' ' || prosrc
    FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE n.nspname = current_schema())
SELECT replace(line, quote_ident(current_schema()) || '.', '') FROM lines)sql";

// What the scripts make, made in a schema of its own that is never committed.
Lines description_of_new(Connection& connection, int schema) {
  Wire& wire = connection.wire();
  const std::string name = "roomkey_verify_" + connection.text("SELECT pg_backend_pid()");
  wire.run("BEGIN; CREATE SCHEMA " + name + "; SET LOCAL search_path = " + name + ", pg_temp",
           connection.deadline());
  wire.run(kTurnTable, connection.deadline());
  for (int i = 0; i < schema; ++i) {
    wire.run(std::string(migrations()[static_cast<std::size_t>(i)]), connection.deadline());
  }
  auto made = lines(connection, kDescription);
  wire.run("ROLLBACK", connection.deadline());
  return made;
}

// By the scripts up to that schema.
Lines triggers_of(int schema) {
  Lines triggers;
  const auto each = [&](std::string_view script, std::string_view words, const auto& use) {
    for (auto at = script.find(words); at != script.npos; at = script.find(words, at + 1)) {
      const auto name = script.substr(at + words.size());
      use(std::string(name.substr(0, name.find_first_of(" \n"))));
    }
  };
  for (int i = 0; i < schema; ++i) {
    const std::string_view script = migrations()[static_cast<std::size_t>(i)];
    each(script, "DROP TRIGGER ", [&](const std::string& name) { triggers.erase(name); });
    each(script, "CREATE TRIGGER ", [&](const std::string& name) { triggers.insert(name); });
  }
  return triggers;
}

// All that a role which may make nothing can see for itself: that the guards stand.
bool guards_stand(Connection& connection, int schema) {
  return lines(connection,
               "SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
               " JOIN pg_namespace n ON n.oid = c.relnamespace"
               " WHERE n.nspname = current_schema() AND NOT tgisinternal AND tgenabled = 'O'") ==
         triggers_of(schema);
}

}  // namespace

std::vector<std::string> damage(Database& database) {
  Connection& connection = connection_of(database);
  std::vector<std::string> faults;
  // The keys' own rules, once more: whoever may put them aside leaves no other trace.
  const auto queries = lines(connection, R"sql(
SELECT format('SELECT count(*) || %L FROM %I a WHERE %I IS NOT NULL AND NOT EXISTS'
              ' (SELECT FROM %I b WHERE b.%I = a.%I) HAVING count(*) > 0',
              ' rows of ' || t.relname || ' point to nothing', t.relname, a.attname, o.relname,
              b.attname, a.attname)
  FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid JOIN pg_class o ON o.oid = confrelid
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = conkey[1]
  JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = confkey[1]
  JOIN pg_namespace n ON n.oid = connamespace
  WHERE contype = 'f' AND n.nspname = current_schema())sql");
  for (const auto& query : queries) {
    for (const auto& fault : lines(connection, query)) faults.push_back(fault);
  }
  return faults;
}

bool is_as_made(Database& database, int schema) {
  Connection& connection = connection_of(database);
  const bool may_make = connection.text(
                            "SELECT has_database_privilege(current_database(), 'CREATE')"
                            " AND NOT pg_is_in_recovery()") == "t";
  if (!may_make) return guards_stand(connection, schema);
  try {
    return lines(connection, kDescription) == description_of_new(connection, schema);
  } catch (const Unavailable&) {
    connection.wire().give_up();  // and with it what was begun
    throw;
  }
}

}  // namespace roomkey::store::driver::postgresql
