#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace roomkey::base {

// "1 problem", "2 problems"; `thing` is the singular, and takes an s.
[[nodiscard]] std::string counted(std::int64_t count, std::string_view thing);

}  // namespace roomkey::base
