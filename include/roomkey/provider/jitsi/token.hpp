// Tokens of Jitsi Meet: a server of the clinic's own (Prosody checks them) or JaaS, Jitsi as 8x8
// runs it. Sources: doc/tokens.md of lib-jitsi-meet, Prosody's plug-in token_verification in
// jitsi-meet, and https://developer.8x8.com/jaas/docs/api-keys-jwt
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/crypto/key.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/provider.hpp"

namespace roomkey::provider::jitsi {

struct TokenSettings {
  std::string domain;  // host, or host:port
  std::string app_id;
  crypto::Secret app_secret;   // of a server of the clinic's own
  std::string key_id;          // JaaS
  crypto::Secret private_key;  // JaaS; PEM
  std::string tenant;          // may be empty
  std::string audience = "jitsi";

  [[nodiscard]] bool is_jaas() const { return !key_id.empty() || !private_key.empty(); }
};

// The variables that are missing; nothing where none is set at all.
[[nodiscard]] std::vector<const char*> missing(const TokenSettings& settings);

// Whether a room there can have that name: a-z 0-9 _ - . alone. Prosody has names in small letters,
// so two that differ in capitals would be one room.
[[nodiscard]] bool is_room_name(std::string_view name);

class Tokens final : public Provider {
 public:
  explicit Tokens(const TokenSettings& settings);

  [[nodiscard]] std::string_view name() const override { return "jitsi"; }
  [[nodiscard]] std::string_view fault() const override { return fault_; }
  [[nodiscard]] bool unused() const override { return unused_; }
  [[nodiscard]] base::Code refusal() const override { return base::Code::provider_not_configured; }
  // {"domain", "room", "tenant"}
  [[nodiscard]] std::string connect(const access::Grant& grant) const override;

  [[nodiscard]] base::Result<Credential> mint(const access::Grant& grant,
                                              std::chrono::sys_seconds now) const override;

 private:
  std::string domain_, tenant_, audience_, issuer_, subject_, header_;
  bool jaas_;
  std::string fault_;
  bool unused_ = false;
  std::optional<crypto::Key> key_;
};

}  // namespace roomkey::provider::jitsi
