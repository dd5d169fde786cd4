// Stream (GetStream) Video user tokens and call tokens. Source:
// https://getstream.io/video/docs/api/authentication/ and the token code of npm's
// @stream-io/node-sdk.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "roomkey/access/appointment.hpp"
#include "roomkey/crypto/key.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/calls.hpp"

namespace roomkey::provider::stream {

struct TokenSettings {
  std::string api_key;
  crypto::Secret api_secret;
  std::chrono::minutes token_validity{60};  // of a token that is not for one call
  bool unbound_tokens = false;              // who names no call gets one that is for none
  std::string api_url = "https://video.stream-io-api.com";  // asked by `roomkey check` alone
};

// `name` made fit for Stream: lower case, each character outside a-z 0-9 @ _ - becomes `_`, and
// what would begin with a digit gets `user_` before it.
[[nodiscard]] std::string fit_name(std::string_view name);

// The Stream user id of a user: the id made fit, "user_2". No two users share one.
[[nodiscard]] std::string user_id(std::int64_t user_id);
// Of the grant's holder: the same, or, where the grant doesn't tell whose it is, the identity.
[[nodiscard]] std::string user_id(const access::Grant& grant);

// True where `name` is one of the user's own: id, `<id>-<email>` or email, raw or made fit.
[[nodiscard]] bool is_own_name(std::string_view name, const access::User& user);

// A call id or call type as Stream takes them: 1 to 64 of A-Z a-z 0-9 _ -
[[nodiscard]] bool is_call_id(std::string_view text);

class Tokens final : public Provider, public Calls {
 public:
  explicit Tokens(const TokenSettings& settings);

  [[nodiscard]] std::string_view name() const override { return "stream"; }
  [[nodiscard]] std::string_view fault() const override { return fault_; }
  [[nodiscard]] bool unused() const override { return unused_; }
  [[nodiscard]] base::Code refusal() const override { return base::Code::provider_not_configured; }
  [[nodiscard]] std::string other_name(std::int64_t user_id) const override {
    return stream::user_id(user_id);
  }
  // {"api_key", "call_type", "call_id", "user_id"}
  [[nodiscard]] std::string connect(const access::Grant& grant) const override;

  [[nodiscard]] const Calls* calls() const override { return this; }
  static constexpr Routes kRoutes{"stream_token", "stream_call", "stream_key"};
  [[nodiscard]] Routes routes() const override { return kRoutes; }
  [[nodiscard]] const std::string& api_key() const override { return api_key_; }
  [[nodiscard]] std::string user_id(const access::Grant& grant) const override {
    return stream::user_id(grant);
  }
  [[nodiscard]] bool is_own_name(std::string_view name, const access::User& user) const override {
    return stream::is_own_name(name, user);
  }
  [[nodiscard]] bool is_call_type(std::string_view text) const override { return is_call_id(text); }

  // A token for the one call "default:<room name>".
  [[nodiscard]] base::Result<Credential> mint(const access::Grant& grant,
                                              std::chrono::sys_seconds now) const override;

  [[nodiscard]] base::Result<std::monostate> can_call(const access::Grant& grant) const override;
  [[nodiscard]] base::Result<Credential> mint_for_call(const access::Grant& grant,
                                                       std::string_view call_type,
                                                       std::chrono::sys_seconds now) const override;
  // Both valid for TokenSettings::token_validity.
  [[nodiscard]] base::Result<Credential> mint_for_calls(
      std::span<const access::Grant> grants, std::string_view call_type,
      std::chrono::sys_seconds now) const override;
  [[nodiscard]] bool gives_unbound() const override { return unbound_tokens_; }
  [[nodiscard]] base::Result<Credential> mint_for_user(std::int64_t user_id,
                                                       std::chrono::sys_seconds now) const override;

 private:
  [[nodiscard]] base::Error not_configured() const;
  [[nodiscard]] Credential sign(std::string holder, std::string_view calls,
                                std::chrono::seconds validity, std::chrono::sys_seconds now) const;

  std::string api_key_;
  std::chrono::minutes token_validity_;
  bool unbound_tokens_;
  std::string fault_;
  bool unused_ = false;
  std::optional<crypto::Key> key_;
};

}  // namespace roomkey::provider::stream
