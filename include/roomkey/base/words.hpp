// Values for people to read, in plain ASCII.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace roomkey::base {

// As inside a JSON string: nothing that a terminal would obey, and no line of its own.
[[nodiscard]] std::string plain(std::string_view text);

// "1 hour 30 minutes"; "0 seconds".
[[nodiscard]] std::string in_words(std::chrono::seconds span);
// "in 5 minutes", "5 minutes ago", "now".
[[nodiscard]] std::string relative(std::chrono::sys_seconds time, std::chrono::sys_seconds now);

}  // namespace roomkey::base
