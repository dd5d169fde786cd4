#include "roomkey/provider/livekit/token.hpp"

#include "provider/livekit/claims.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::provider::livekit {

namespace {

// Cut between two characters.
std::string_view shortened(std::string_view name) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < name.size();) {
    static_cast<void>(base::next_code_point(name, at));
    if (at > kMostBytes) break;
    end = at;
  }
  return name.substr(0, end);
}

// No screen of a guest's.
constexpr std::string_view kGuestSources = R"(["camera","microphone"])";

// All that a participant needs; what is left out is refused, but the first three would be granted.
std::string video_of(const access::Grant& grant) {
  const bool is_guest = grant.side == access::Side::guest;
  base::JsonObject video;
  video.add("room", grant.room_name)
      .add("roomJoin", true)
      .add("canPublish", true)
      .add("canSubscribe", true)
      .add("canPublishData", !is_guest);
  if (is_guest) video.add_raw("canPublishSources", kGuestSources);
  return std::move(video).text();
}

}  // namespace

Tokens::Tokens(const TokenSettings& settings)
    : url_(settings.url),
      api_key_(settings.api_key),
      unused_(url_.empty() && api_key_.empty() && settings.api_secret.empty()) {
  if (url_.empty()) fault_ = "LIVEKIT_URL is not set";
  if (api_key_.empty()) fault_ = "LIVEKIT_API_KEY is not set";
  if (settings.api_secret.empty()) fault_ = "LIVEKIT_API_SECRET is not set";
  if (unused_) fault_ = "LiveKit is not configured";
  if (!fault_.empty()) return;
  key_ = crypto::Key::from_secret(settings.api_secret.reveal(), crypto::Algorithm::hs256).value();
}

base::Result<Credential> Tokens::mint(const access::Grant& grant,
                                      std::chrono::sys_seconds now) const {
  if (!key_) return base::Error{refusal(), fault_};
  Credential credential{
      .identity = grant.identity, .issued_at = now, .expires_at = now + grant.validity};
  if (credential.identity.size() > kMostBytes) {
    return base::Error{
        base::Code::token_failed,
        "the user's address is too long: LiveKit takes 256 bytes of <user id>-<email>"};
  }
  base::JsonObject payload;
  payload.add("iss", api_key_)
      .add("sub", credential.identity)
      .add("name", shortened(grant.name))
      .add("nbf", base::unix_seconds(credential.issued_at))
      .add("exp", base::unix_seconds(credential.expires_at))
      .add_raw("video", video_of(grant));
  credential.token = crypto::sign_jws(kTokenHeader, std::move(payload).text(), *key_);
  return credential;
}

std::string Tokens::connect(const access::Grant&) const {
  return base::JsonObject().add("url", url_).text();
}

}  // namespace roomkey::provider::livekit
