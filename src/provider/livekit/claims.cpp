#include "provider/livekit/claims.hpp"

#include <algorithm>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::provider::livekit {

bool is_sid(std::string_view text, std::string_view kind) {
  constexpr std::size_t kMost = 64;
  const std::size_t begin = kind.size() + 1;
  if (text.size() <= begin || text.size() > kMost) return false;
  return text.starts_with(kind) && text[kind.size()] == '_' &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(),
                     [](char c) { return base::is_alphanumeric(c) || c == '_' || c == '-'; });
}

std::optional<std::chrono::sys_seconds> time_of(const Json::Value& value) {
  constexpr std::int64_t kLast = std::int64_t{1} << 33;  // in the year 2242
  const auto seconds =
      value.isString() ? base::parse_number(value.asString()) : base::integer(value);
  if (!seconds || *seconds <= 0 || *seconds >= kLast) return std::nullopt;
  return base::from_unix(*seconds);
}

}  // namespace roomkey::provider::livekit
