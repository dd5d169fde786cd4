// All that Jitsi is configured with.
#pragma once

#include "roomkey/provider/jitsi/token.hpp"
#include "roomkey/provider/kind.hpp"

namespace roomkey::provider::jitsi {

[[nodiscard]] const Kind& kind();

}  // namespace roomkey::provider::jitsi
