#include "roomkey/store/import_numbers.hpp"

#include <algorithm>

#include "store/query.hpp"

namespace roomkey::store {

namespace {

std::string_view word(Numbered kind) { return kind == Numbered::user ? "user" : "appointment"; }

}  // namespace

void ImportNumbers::read(const std::vector<std::string>& sources) {
  each_of_many(database_,
               "SELECT source, number, server FROM import_numbers WHERE source IN (" ROOMKEY_MANY
               ")",
               std::span(sources), [&](const Query& row) {
                 known_.emplace(row.text(0), ImportNumber{row.integer(1), row.text(2)});
               });
}

void ImportNumbers::read(Numbered kind, const std::vector<std::int64_t>& numbers) {
  // By the index, whose first column is the kind.
  constexpr const char* kOfUsers =
      "SELECT number FROM import_numbers WHERE kind = 'user' AND number IN (" ROOMKEY_MANY ")";
  constexpr const char* kOfAppointments =
      "SELECT number FROM import_numbers WHERE kind = 'appointment' AND number IN (" ROOMKEY_MANY
      ")";
  each_of_many(database_, kind == Numbered::user ? kOfUsers : kOfAppointments, std::span(numbers),
               [&](const Query& row) { of(kind).taken.insert(row.integer(0)); });
}

const ImportNumber* ImportNumbers::find(const std::string& source) const {
  const auto found = known_.find(source);
  return found == known_.end() ? nullptr : &found->second;
}

bool ImportNumbers::is_taken(Numbered kind, std::int64_t number) const {
  return kinds_[static_cast<std::size_t>(kind)].taken.count(number) > 0;
}

std::int64_t ImportNumbers::free(Numbered kind) {
  if (of(kind).free > 0) return of(kind).free;
  // Whoever puts in users by hand may take any number: those far above are left alone.
  Query query(database_,
              "SELECT 1 + max(?1 - 1,"
              " coalesce((SELECT max(number) FROM import_numbers WHERE kind = ?2), 0),"
              " CASE ?2 WHEN 'user'"
              " THEN coalesce((SELECT max(id) FROM users WHERE id < 2 * ?1), 0)"
              " ELSE coalesce((SELECT max(id) FROM appointments WHERE id < 2 * ?1), 0) END)",
              kFirstGivenNumber, word(kind));
  query.step();
  return of(kind).free = query.integer(0);
}

void ImportNumbers::put(Numbered kind, const std::string& source, const ImportNumber& number) {
  Query(database_, "INSERT INTO import_numbers (source, server, kind, number) VALUES (?, ?, ?, ?)",
        source, number.server, word(kind), number.number)
      .run_unheard();
  known_.emplace(source, number);
  Kind& all = of(kind);
  all.taken.insert(number.number);
  if (all.free > 0) all.free = std::max(all.free, number.number + 1);
}

void ImportNumbers::move(const std::string& source, const std::string& server) {
  Query(database_, "UPDATE import_numbers SET server = ? WHERE source = ?", server, source)
      .run_unheard();
  known_.at(source).server = server;
}

}  // namespace roomkey::store
