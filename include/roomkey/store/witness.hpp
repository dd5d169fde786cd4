// The audit's end as somebody else keeps it: what was noted there can't be written anew here
// unseen.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "roomkey/store/database.hpp"

namespace roomkey::store {

// What a witness keeps, as one line of JSON: {"event", "hash", "at", "mac"}.
struct Witnessed {
  std::int64_t event = 0;
  std::string hash;                     // in hexadecimal
  std::chrono::sys_seconds at{};        // when it was noted
  std::optional<std::string> mac = {};  // in hexadecimal, where the event has one
};
[[nodiscard]] std::string line_of(const Witnessed& witnessed);
// Nothing where the line is none.
[[nodiscard]] std::optional<Witnessed> read_witnessed(std::string_view line);

// The audit's last event.
[[nodiscard]] Witnessed audit_end(Database& database, std::chrono::sys_seconds now);

// What the audit has in that place: the same event, none, another one; or it was removed by a cut
// and can't be compared.
enum class Standing { there, missing, changed, removed };
[[nodiscard]] Standing standing_of(Database& database, const Witnessed& witnessed);

}  // namespace roomkey::store
