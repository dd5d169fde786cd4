#include "store/query.hpp"

namespace roomkey::store {

driver::Statement& Query::prepared(OpenStore& store, const char* sql) {
  const auto found = store.statements.find(sql);
  if (found != store.statements.end()) return *found->second;
  return *store.statements.emplace(sql, store.connection->prepare(sql)).first->second;
}

std::optional<std::int64_t> Query::optional_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<std::string> Query::optional_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional(text(column));
}

}  // namespace roomkey::store
