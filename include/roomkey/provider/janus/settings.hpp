// All that Janus is configured with: a server of the clinic's own, its VideoRoom plugin, and
// signed tokens. Sources: https://janus.conf.meetecho.com/docs/auth.html,
// https://janus.conf.meetecho.com/docs/rest.html and
// https://janus.conf.meetecho.com/docs/videoroom.html
#pragma once

#include <string>

#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/kind.hpp"

namespace roomkey::provider::janus {

struct Configuration {
  std::string url;              // of the WebSocket that browsers open
  crypto::Secret token_secret;  // Janus's token_auth_secret
  crypto::Secret admin_key;     // the VideoRoom's: who has it makes rooms
  std::string api_url = "http://127.0.0.1:8088/janus";
};

[[nodiscard]] const Kind& kind();

}  // namespace roomkey::provider::janus
