#include "roomkey/store/import_numbers.hpp"

#include "store/query.hpp"

namespace roomkey::store {

namespace {

std::string_view word(Numbered kind) { return kind == Numbered::user ? "user" : "appointment"; }

}  // namespace

std::optional<ImportNumber> find_import_number(Database& database, std::string_view source) {
  Query query(database, "SELECT number, server FROM import_numbers WHERE source = ?", source);
  if (!query.step()) return std::nullopt;
  return ImportNumber{query.integer(0), query.text(1)};
}

bool is_import_number(Database& database, Numbered kind, std::int64_t number) {
  Query query(database, "SELECT 1 FROM import_numbers WHERE kind = ? AND number = ?", word(kind),
              number);
  return query.step();
}

std::int64_t free_import_number(Database& database, Numbered kind) {
  // Whoever puts in users by hand may take any number: those far above are left alone.
  Query query(database,
              "SELECT 1 + max(?1 - 1,"
              " coalesce((SELECT max(number) FROM import_numbers WHERE kind = ?2), 0),"
              " CASE ?2 WHEN 'user'"
              " THEN coalesce((SELECT max(id) FROM users WHERE id < 2 * ?1), 0)"
              " ELSE coalesce((SELECT max(id) FROM appointments WHERE id < 2 * ?1), 0) END)",
              kFirstGivenNumber, word(kind));
  query.step();
  return query.integer(0);
}

void put_import_number(Transaction&, Database& database, Numbered kind, std::string_view source,
                       const ImportNumber& number) {
  Query(database,
        "INSERT INTO import_numbers (source, server, kind, number) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (source) DO UPDATE SET server = excluded.server",
        source, number.server, word(kind), number.number)
      .run();
}

}  // namespace roomkey::store
