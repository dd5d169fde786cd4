// Stream (GetStream) Video user tokens and call tokens. Source:
// https://getstream.io/video/docs/api/authentication/ and the token code of npm's
// @stream-io/node-sdk.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "roomkey/access/appointment.hpp"
#include "roomkey/crypto/key.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/provider.hpp"

namespace roomkey::provider {

struct StreamSettings {
  std::string api_key;
  crypto::Secret api_secret;
  std::chrono::minutes token_validity{60};  // of a token that is not for one call
};

class Stream final : public Provider {
 public:
  explicit Stream(const StreamSettings& settings);

  [[nodiscard]] std::string_view name() const override { return "stream"; }
  [[nodiscard]] std::string_view fault() const override { return fault_; }
  [[nodiscard]] bool unused() const override { return unused_; }
  [[nodiscard]] base::Code refusal() const override { return base::Code::provider_not_configured; }
  // Names the clinic's Stream app to a browser; no secret.
  [[nodiscard]] const std::string& api_key() const { return api_key_; }

  // A token for the one call "default:<room name>".
  [[nodiscard]] base::Result<Credential> mint(const access::Grant& grant,
                                              std::chrono::sys_seconds now) const override;

  // Why there can be no call for the grant: not configured, or token_failed where the room's name
  // is no call id of Stream's (a room of another program's may have any name).
  [[nodiscard]] base::Result<std::monostate> can_call(const access::Grant& grant) const;

  // A token for the one call "<call type>:<room name>", where can_call(). `call_type` must be one
  // (is_stream_call_id).
  [[nodiscard]] base::Result<Credential> mint_for_call(const access::Grant& grant,
                                                       std::string_view call_type,
                                                       std::chrono::sys_seconds now) const;

  // A token that is not for one call: its holder is `user_id` and may what the Stream app's roles
  // allow. Valid for StreamSettings::token_validity.
  [[nodiscard]] base::Result<Credential> mint_for_user(std::int64_t user_id,
                                                       std::chrono::sys_seconds now) const;

 private:
  [[nodiscard]] Credential sign(std::int64_t user_id, std::string_view call,
                                std::chrono::seconds validity, std::chrono::sys_seconds now) const;

  std::string api_key_;
  std::chrono::minutes token_validity_;
  std::string fault_;
  bool unused_ = false;
  std::optional<crypto::Key> key_;
};

// `name` made fit for Stream: lower case, each character outside a-z 0-9 @ _ - becomes `_`, and
// what would begin with a digit gets `user_` before it.
[[nodiscard]] std::string fit_for_stream(std::string_view name);

// The Stream user id of a user: the id made fit, "user_2". No two users share one.
[[nodiscard]] std::string stream_user_id(std::int64_t user_id);

// True where `name` is one of the user's own: id, `<id>-<email>` or email, raw or made fit.
[[nodiscard]] bool is_own_stream_name(std::string_view name, const access::User& user);

// A call id or call type as Stream takes them: 1 to 64 of A-Z a-z 0-9 _ -
[[nodiscard]] bool is_stream_call_id(std::string_view text);

}  // namespace roomkey::provider
