// All that the provider of a template is configured with.
#pragma once

#include "roomkey/provider/custom/token.hpp"
#include "roomkey/provider/kind.hpp"

namespace roomkey::provider::custom {

[[nodiscard]] const Kind& kind();

}  // namespace roomkey::provider::custom
