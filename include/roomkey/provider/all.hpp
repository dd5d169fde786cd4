// The table of all providers: the one place that names them side by side.
#pragma once

#include <span>

#include "roomkey/provider/kind.hpp"
#include "roomkey/provider/stream/settings.hpp"
#include "roomkey/provider/twilio/settings.hpp"

namespace roomkey::provider {

// The configuration of all of them.
struct Settings : twilio::Configuration, stream::Configuration {};

[[nodiscard]] std::span<const Kind* const> all();

// Null where no provider has a variable of that name.
[[nodiscard]] const Kind* whose(std::string_view variable);

}  // namespace roomkey::provider
