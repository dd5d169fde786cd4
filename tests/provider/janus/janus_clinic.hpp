// Janus as the clinic has it.
#pragma once

#include "roomkey/provider/janus/settings.hpp"

namespace roomkey::test {

inline constexpr const char* kJanusSecret = "not-a-real-token-secret-0123456789";
inline constexpr const char* kJanusKey = "not-a-real-admin-key-0123456789";

inline provider::janus::Configuration janus_settings() {
  return {"wss://video.clinic.example/janus", crypto::Secret(kJanusSecret),
          crypto::Secret(kJanusKey)};
}

}  // namespace roomkey::test
