#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "roomkey/base/result.hpp"

namespace roomkey::base {

// More than any file needs that roomkey reads for itself; what has no end must not fill the memory.
inline constexpr std::size_t kUsualMost = 1 << 20;

// The whole content; bad_request with the operating system's words otherwise (a folder is no file).
// With more than `most` bytes it is payload_too_large. No copy of what was read stays in memory, so
// who wipes the result has wiped all.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t most = kUsualMost);
// The same of a regular file alone, and without waiting: a pipe in its place is refused.
[[nodiscard]] Result<std::string> read_regular_file(const std::string& path, std::size_t most);
// Of a text, what stands before the line ends at its end. Whatever is no text (UTF-8 without
// control characters but tabs and line ends) stays whole: a key's last byte may look like a line
// end.
[[nodiscard]] std::string_view without_line_end(std::string_view content);

[[nodiscard]] Result<std::string> read_standard_input(std::size_t most);

}  // namespace roomkey::base
