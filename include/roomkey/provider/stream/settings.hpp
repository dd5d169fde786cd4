// All that Stream is configured with.
#pragma once

#include "roomkey/provider/kind.hpp"
#include "roomkey/provider/stream/token.hpp"

namespace roomkey::provider::stream {

[[nodiscard]] const Kind& kind();

}  // namespace roomkey::provider::stream
