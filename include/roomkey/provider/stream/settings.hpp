// All that Stream is configured with.
#pragma once

#include "roomkey/provider/kind.hpp"
#include "roomkey/provider/stream/token.hpp"

namespace roomkey::provider {

struct StreamConfiguration {
  StreamSettings stream;
};

[[nodiscard]] const Kind& stream_kind();

}  // namespace roomkey::provider
