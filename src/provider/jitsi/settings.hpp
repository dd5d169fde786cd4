// Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "roomkey/provider/jitsi/settings.hpp"

namespace roomkey::provider::jitsi {

[[nodiscard]] std::span<const Variable> variables();
[[nodiscard]] std::span<const Alias> aliases();
void read(Values& values, TokenSettings& settings);
[[nodiscard]] std::vector<Part> parts(const TokenSettings& settings);

}  // namespace roomkey::provider::jitsi
