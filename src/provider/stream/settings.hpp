// Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "roomkey/provider/stream/settings.hpp"

namespace roomkey::provider::stream {

[[nodiscard]] std::span<const Variable> variables();
[[nodiscard]] std::span<const Alias> aliases();
void read(Values& values, Configuration& configuration);
[[nodiscard]] std::vector<Part> parts(const Configuration& configuration);

}  // namespace roomkey::provider::stream
