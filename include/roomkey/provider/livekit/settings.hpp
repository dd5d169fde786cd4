// All that LiveKit is configured with.
#pragma once

#include <string>

#include "roomkey/provider/kind.hpp"
#include "roomkey/provider/livekit/token.hpp"

namespace roomkey::provider::livekit {

struct Configuration {
  TokenSettings token;
  std::string api_url;       // where RoomService is asked; without final slash
  bool makes_rooms = false;  // LIVEKIT_ROOMS=rest
};

[[nodiscard]] const Kind& kind();

}  // namespace roomkey::provider::livekit
