#pragma once

#include <string>

#include "roomkey/base/result.hpp"

namespace roomkey::base {

// The whole content; bad_request with the operating system's words otherwise (a folder is no file).
[[nodiscard]] Result<std::string> read_file(const std::string& path);

}  // namespace roomkey::base
