// Tokens by template, for a provider that roomkey does not know by itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "roomkey/crypto/key.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/custom/template.hpp"
#include "roomkey/provider/provider.hpp"

namespace roomkey::provider::custom {

struct TokenSettings {
  std::string file;                 // of the template
  std::optional<Template> pattern;  // what it holds; nothing where it can't be used
  crypto::Secret key;               // an HMAC secret, or a private key (PEM)
};

class Tokens final : public Provider {
 public:
  explicit Tokens(const TokenSettings& settings);

  [[nodiscard]] std::string_view name() const override { return "custom"; }
  [[nodiscard]] std::string_view fault() const override { return fault_; }
  [[nodiscard]] bool unused() const override { return unused_; }
  [[nodiscard]] base::Code refusal() const override { return base::Code::provider_not_configured; }
  // What the template says.
  [[nodiscard]] std::string connect(const access::Grant& grant) const override;

  [[nodiscard]] base::Result<Credential> mint(const access::Grant& grant,
                                              std::chrono::sys_seconds now) const override;

 private:
  std::optional<Template> pattern_;
  std::string fault_;
  bool unused_ = false;
  std::optional<crypto::Key> key_;
};

}  // namespace roomkey::provider::custom
