// LiveKit's access tokens. Source: https://docs.livekit.io/home/get-started/authentication/ and
// `auth/` of github.com/livekit/protocol.
#pragma once

#include <optional>
#include <string>

#include "roomkey/crypto/key.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/provider.hpp"

namespace roomkey::provider::livekit {

struct TokenSettings {
  std::string url;      // wss://..., that browsers open; ws:// to this machine alone
  std::string api_key;  // API...
  crypto::Secret api_secret;
};

class Tokens : public Provider {
 public:
  explicit Tokens(const TokenSettings& settings);

  [[nodiscard]] std::string_view name() const override { return "livekit"; }
  [[nodiscard]] std::string_view fault() const override { return fault_; }
  [[nodiscard]] bool unused() const override { return unused_; }

  // The claims of a participant of that one room and no right to administer it. token_failed as
  // well where the identity is over LiveKit's 256 bytes.
  [[nodiscard]] base::Result<Credential> mint(const access::Grant& grant,
                                              std::chrono::sys_seconds now) const override;
  // {"url"}
  [[nodiscard]] std::string connect(const access::Grant& grant) const override;

 private:
  std::string url_;
  std::string api_key_;
  std::string fault_;
  bool unused_ = false;
  std::optional<crypto::Key> key_;
};

}  // namespace roomkey::provider::livekit
