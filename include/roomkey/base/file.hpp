#pragma once

#include <cstddef>
#include <string>

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
[[nodiscard]] Result<std::string> read_standard_input(std::size_t most);

}  // namespace roomkey::base
