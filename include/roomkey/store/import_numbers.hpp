#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "roomkey/store/database.hpp"

namespace roomkey::store {

// What is numbered: users and appointments each have ids of their own.
enum class Numbered { user, appointment };

// Ids of other systems that are not numbers get numbers from here on; those that are and lie below
// may keep theirs, so that neither takes the other's.
inline constexpr std::int64_t kFirstGivenNumber = 1'000'000'000'000;

struct ImportNumber {
  std::int64_t number = 0;
  std::string server;  // where the resource comes from; empty: not said
};

// Of a resource such as `Patient/p-1`, from an earlier import.
[[nodiscard]] std::optional<ImportNumber> find_import_number(Database& database,
                                                             std::string_view source);

// Whether some resource has the number.
[[nodiscard]] bool is_import_number(Database& database, Numbered kind, std::int64_t number);

// A number from kFirstGivenNumber on that no resource, user or appointment has.
[[nodiscard]] std::int64_t free_import_number(Database& database, Numbered kind);

// Remembers it, or the resource's new server. Part of the open transaction.
void put_import_number(Transaction& transaction, Database& database, Numbered kind,
                       std::string_view source, const ImportNumber& number);

}  // namespace roomkey::store
