// Jitsi as the tests have it: a server of the clinic's own, and JaaS.
#pragma once

#include "roomkey/base/json.hpp"
#include "roomkey/provider/jitsi/token.hpp"
#include "support/folder.hpp"
#include "support/test.hpp"

namespace roomkey::test {

inline provider::jitsi::TokenSettings jitsi_settings() {
  return {.domain = "meet.clinic.example",
          .app_id = "clinic",
          .app_secret = crypto::Secret("not-a-real-jitsi-secret-0123456789"),
          .key_id = "",
          .private_key = {},
          .tenant = ""};
}

inline std::string jaas_private_key() { return content_of("tests/vendor/jitsi_test_key.pem"); }

inline provider::jitsi::TokenSettings jaas_settings() {
  const std::string app = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef";
  return {.domain = "8x8.vc",
          .app_id = app,
          .app_secret = {},
          .key_id = app + "/abc123",
          .private_key = crypto::Secret(jaas_private_key()),
          .tenant = ""};
}

}  // namespace roomkey::test
