// Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "roomkey/provider/stream/settings.hpp"

namespace roomkey::provider {

[[nodiscard]] std::span<const Variable> stream_variables();
[[nodiscard]] std::span<const Alias> stream_aliases();
void read_stream(Values& values, StreamConfiguration& configuration);
[[nodiscard]] std::vector<Part> stream_parts(const StreamConfiguration& configuration);

}  // namespace roomkey::provider
