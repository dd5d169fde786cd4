// The two tokens that a browser needs at Janus: one for the server, which it sends with every
// request, and one for the room, which it sends as it joins. Neither names its holder.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "provider/janus/settings.hpp"
#include "roomkey/provider/provider.hpp"

namespace roomkey::provider::janus {

inline constexpr std::string_view kPlugin = "janus.plugin.videoroom";
inline constexpr std::string_view kCore = "janus";  // the realm of tokens for the server
inline constexpr std::string_view kOfRoom = "room=";

// Whether a token can hold that room's name: nothing in it ends the name there.
[[nodiscard]] bool fits_token(std::string_view room);

// `<expiry>,<realm>,<what>:<HMAC-SHA1 of that, in base64>`
[[nodiscard]] std::string sign_token(std::string_view secret, std::chrono::sys_seconds expires_at,
                                     std::string_view realm, std::string_view what);
// The server's: for its VideoRoom and no other plugin.
[[nodiscard]] std::string core_token(std::string_view secret, std::chrono::sys_seconds expires_at);

class Tokens : public Provider {
 public:
  explicit Tokens(const Configuration& configuration);

  [[nodiscard]] std::string_view name() const override { return "janus"; }
  [[nodiscard]] std::string_view fault() const override { return fault_; }
  [[nodiscard]] bool unused() const override { return unused_; }

  // The room's. token_failed where its name can't stand in one (a room of another program's).
  [[nodiscard]] base::Result<Credential> mint(const access::Grant& grant,
                                              std::chrono::sys_seconds now) const override;
  // {"url", "room"}
  [[nodiscard]] std::string connect(const access::Grant& grant) const override;
  // {"url", "room", "core_token"}
  [[nodiscard]] std::string connect_until(const access::Grant& grant,
                                          std::chrono::sys_seconds expires_at) const override;

 private:
  std::string url_;
  crypto::Secret secret_;
  std::string fault_;
  bool unused_;
};

}  // namespace roomkey::provider::janus
