// Twilio Video access tokens. Source: https://www.twilio.com/docs/iam/access-tokens and
// https://www.twilio.com/docs/video/tutorials/user-identity-access-tokens
#pragma once

#include <optional>
#include <string>

#include "roomkey/crypto/key.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/provider.hpp"

namespace roomkey::provider::twilio {

struct TokenSettings {
  std::string account_sid;  // AC...
  std::string api_key;      // SK..., of region US1 for Video
  crypto::Secret api_secret;
  std::string region;        // as named to the browser; empty: none
  bool stamp_region = true;  // whether the region goes into the token's `twr` header
};

class Tokens : public Provider {
 public:
  explicit Tokens(const TokenSettings& settings);

  [[nodiscard]] std::string_view name() const override { return "twilio"; }
  [[nodiscard]] std::string_view fault() const override { return fault_; }
  [[nodiscard]] bool unused() const override { return unused_; }

  [[nodiscard]] std::string_view region() const override { return region_; }

  // Header and claims hold what the contract lists and nothing else, in its order, without blanks.
  [[nodiscard]] base::Result<Credential> mint(const access::Grant& grant,
                                              std::chrono::sys_seconds now) const override;
  // {"room", "region"}: the region of the SDK's signalling, or null.
  [[nodiscard]] std::string connect(const access::Grant& grant) const override;

 private:
  std::string account_sid_;
  std::string api_key_;
  std::string region_;
  std::string header_;
  std::string fault_;
  bool unused_ = false;
  std::optional<crypto::Key> key_;
};

}  // namespace roomkey::provider::twilio
