#include "roomkey/provider/twilio/token.hpp"

#include "roomkey/access/identity.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::provider::twilio {

namespace {

// https://www.twilio.com/docs/api/errors/53200
constexpr const char* kTooLong =
    "the user's address is too long: Twilio takes 128 characters of <user id>-<email>";

std::string token_header(const std::string& twr) {
  base::JsonObject header;
  header.add("alg", "HS256").add("typ", "JWT").add("cty", "twilio-fpa;v=1");
  if (!twr.empty()) header.add("twr", twr);
  return header.text();
}

std::string grants(const std::string& identity, const std::string& room) {
  base::JsonObject video;
  video.add("room", room);
  return base::JsonObject().add("identity", identity).add_raw("video", video.text()).text();
}

}  // namespace

Tokens::Tokens(const TokenSettings& settings)
    : account_sid_(settings.account_sid),
      api_key_(settings.api_key),
      region_(settings.region),
      header_(token_header(settings.stamp_region ? settings.region : "")),
      unused_(account_sid_.empty() && api_key_.empty() && settings.api_secret.empty()) {
  if (account_sid_.empty()) fault_ = "TWILIO_ACCOUNT_SID is not set";
  if (api_key_.empty()) fault_ = "TWILIO_API_KEY is not set";
  if (settings.api_secret.empty()) fault_ = "TWILIO_API_SECRET is not set";
  if (unused_) fault_ = "Twilio is not configured";
  if (!fault_.empty()) return;
  key_ = crypto::Key::from_secret(settings.api_secret.reveal(), crypto::Algorithm::hs256).value();
}

base::Result<Credential> Tokens::mint(const access::Grant& grant,
                                      std::chrono::sys_seconds now) const {
  if (!key_) return base::Error{refusal(), fault_};
  if (access::identity_size(grant.identity) > access::kLongestIdentity) {
    return base::Error{base::Code::token_failed, kTooLong};
  }
  Credential credential{
      .identity = grant.identity, .issued_at = now, .expires_at = now + grant.validity};
  const auto issued_at = base::unix_seconds(now);
  base::JsonObject payload;
  payload.add("jti", api_key_ + '-' + std::to_string(issued_at))
      .add("iss", api_key_)
      .add("sub", account_sid_)
      .add("iat", issued_at)
      .add("exp", base::unix_seconds(credential.expires_at))
      .add_raw("grants", grants(credential.identity, grant.room_name));
  credential.token = crypto::sign_jws(header_, std::move(payload).text(), *key_);
  return credential;
}

std::string Tokens::connect(const access::Grant& grant) const {
  return base::JsonObject()
      .add("room", grant.room_name)
      .add("region", region_.empty() ? std::nullopt : std::optional(region_))
      .text();
}

}  // namespace roomkey::provider::twilio
