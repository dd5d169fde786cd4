#include "roomkey/base/words.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "roomkey/base/json.hpp"

namespace roomkey::base {

std::string plain(std::string_view text) {
  std::string quoted;
  append_quoted(quoted, text);
  return quoted.substr(1, quoted.size() - 2);
}

std::string in_words(std::chrono::seconds span) {
  static constexpr std::array<std::pair<std::int64_t, const char*>, 4> kUnits{
      {{86400, " day"}, {3600, " hour"}, {60, " minute"}, {1, " second"}}};
  std::string words;
  std::int64_t left = span.count();
  // The biggest unit and the one below it.
  for (std::size_t i = 0, said = 0; i < kUnits.size() && said < 2; ++i) {
    const std::int64_t count = left / kUnits[i].first;
    left %= kUnits[i].first;
    if (count == 0 && said == 0) continue;
    ++said;
    if (count == 0) continue;
    words += (words.empty() ? "" : " ") + std::to_string(count) + kUnits[i].second;
    if (count > 1) words += 's';
  }
  return words.empty() ? "0 seconds" : words;
}

std::string relative(std::chrono::sys_seconds time, std::chrono::sys_seconds now) {
  if (time == now) return "now";
  return time > now ? "in " + in_words(time - now) : in_words(now - time) + " ago";
}

}  // namespace roomkey::base
