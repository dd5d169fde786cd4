// Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "roomkey/provider/twilio/settings.hpp"

namespace roomkey::provider::twilio {

[[nodiscard]] std::span<const Variable> variables();
[[nodiscard]] std::span<const Alias> aliases();
void read(Values& values, Configuration& configuration);
[[nodiscard]] std::vector<Part> parts(const Configuration& configuration);

}  // namespace roomkey::provider::twilio
