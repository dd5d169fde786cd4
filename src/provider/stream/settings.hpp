// Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "roomkey/provider/stream/settings.hpp"

namespace roomkey::provider::stream {

[[nodiscard]] std::span<const Variable> variables();
[[nodiscard]] std::span<const Alias> aliases();
void read(Values& values, TokenSettings& settings);
[[nodiscard]] std::vector<Part> parts(const TokenSettings& settings);

}  // namespace roomkey::provider::stream
