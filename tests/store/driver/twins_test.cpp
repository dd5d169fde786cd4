// Each driver's scripts make the same tables, columns, keys and triggers.
#include <algorithm>
#include <set>

#include "roomkey/store/copy.hpp"
#include "store/query.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace twins_test {

using namespace roomkey::store;
using namespace roomkey::test;
using Lines = std::set<std::string>;

Lines lines(Database& database, const char* sql) {
  Lines all;
  const auto row = open_store_of(database).connection->prepare(sql);
  while (row->step()) all.insert(row->text(0));
  return all;
}

// A table's column: what it is of, and whether it may be null.
constexpr const char* kSqliteColumns =
    "SELECT t.name || '.' || c.name || ' ' || lower(c.type) || iif(c.\"notnull\" OR c.pk, ' set', "
    "'')"
    " FROM sqlite_schema t, pragma_table_info(t.name) c"
    " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'";
constexpr const char* kPostgresColumns =
    "SELECT table_name || '.' || column_name || ' ' || CASE data_type WHEN 'bigint' THEN 'integer'"
    " WHEN 'bytea' THEN 'blob' ELSE data_type END || CASE is_nullable WHEN 'NO' THEN ' set' ELSE "
    "'' END"
    " FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> "
    "'roomkey'";

// What points to what.
constexpr const char* kSqliteKeys =
    "SELECT t.name || '.' || k.\"from\" || ' ' || k.\"table\" || '.' || k.\"to\""
    " FROM sqlite_schema t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table'";
constexpr const char* kPostgresKeys =
    "SELECT t.relname || '.' || a.attname || ' ' || o.relname || '.' || b.attname"
    " FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid JOIN pg_class o ON o.oid = confrelid"
    " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = conkey[1]"
    " JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = confkey[1]"
    " WHERE contype = 'f' AND t.relnamespace = current_schema()::regnamespace";

// The columns of which no two rows have the same, in their order.
constexpr const char* kSqliteUnique =
    "SELECT t.name || ' ' || (SELECT group_concat(name) FROM pragma_index_info(i.name))"
    " FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' AND i.\"unique\""
    " UNION SELECT t.name || ' ' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c"
    " WHERE t.type = 'table' AND c.pk = 1"
    " AND (SELECT count(*) FROM pragma_table_info(t.name) WHERE pk) = 1";
constexpr const char* kPostgresUnique =
    "SELECT t.relname || ' ' || (SELECT string_agg(attname, ',' ORDER BY n) FROM"
    " unnest(indkey::int[]) WITH ORDINALITY k (number, n) JOIN pg_attribute ON attrelid = t.oid"
    " AND attnum = number) FROM pg_index JOIN pg_class t ON t.oid = indrelid"
    " WHERE indisunique AND t.relnamespace = current_schema()::regnamespace AND relname <> "
    "'roomkey'";

std::string missing(const Lines& from, const Lines& there) {
  std::string text;
  for (const auto& line : from) {
    if (!there.contains(line)) text += line + '\n';
  }
  return text;
}

struct Twins {
  MemoryStore sqlite;
  PostgresGround ground;
  Database postgres{ground.shared()};
  Twins() { postgres.migrate(); }

  void agree(const char* of_sqlite, const char* of_postgres) {
    const auto here = lines(sqlite.database, of_sqlite), there = lines(postgres, of_postgres);
    expect(!here.empty());
    same("", missing(here, there), "only SQLite has");
    same("", missing(there, here), "only PostgreSQL has");
  }
};

TEST(both_engines_have_the_same_columns_and_keys) {
  Twins twins;
  twins.agree(kSqliteColumns, kPostgresColumns);
  twins.agree(kSqliteKeys, kPostgresKeys);
  twins.agree(kSqliteUnique, kPostgresUnique);
}

TEST(every_table_is_copied) {
  Twins twins;
  const auto copied = copied_tables();
  same(Lines(copied.begin(), copied.end()),
       lines(twins.postgres,
             "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
             " AND tablename <> 'roomkey'"));
}

}  // namespace twins_test
