// Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "roomkey/provider/twilio/settings.hpp"

namespace roomkey::provider {

[[nodiscard]] std::span<const Variable> twilio_variables();
[[nodiscard]] std::span<const Alias> twilio_aliases();
void read_twilio(Values& values, TwilioConfiguration& configuration);
[[nodiscard]] std::vector<Part> twilio_parts(const TwilioConfiguration& configuration);

}  // namespace roomkey::provider
