#include "provider/janus/token.hpp"

#include <algorithm>

#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"

namespace roomkey::provider::janus {

namespace {

std::string missing(const Configuration& configuration) {
  std::string names;
  for (const Part& part : parts(configuration)) {
    if (part.needed && !part.is_set) names.append(names.empty() ? "" : ", ").append(part.variable);
  }
  if (names.empty()) return names;
  return names + (names.find(',') == names.npos ? " is" : " are") + " not set";
}

base::JsonObject way_to(const std::string& url, const std::string& room) {
  base::JsonObject object;
  object.add("url", url).add("room", room);
  return object;
}

}  // namespace

bool fits_token(std::string_view room) {
  constexpr std::size_t kMost = 512;
  return !room.empty() && room.size() <= kMost &&
         std::none_of(room.begin(), room.end(),
                      [](char c) { return c == ',' || c == ':' || (c >= 0 && c < ' '); });
}

std::string sign_token(std::string_view secret, std::chrono::sys_seconds expires_at,
                       std::string_view realm, std::string_view what) {
  std::string token = std::to_string(base::unix_seconds(expires_at));
  token.append(",").append(realm).append(",").append(what);
  const std::string mac = crypto::base64(crypto::hmac_sha1(secret, token));
  return token.append(":").append(mac);
}

std::string core_token(std::string_view secret, std::chrono::sys_seconds expires_at) {
  return sign_token(secret, expires_at, kCore, kPlugin);
}

Tokens::Tokens(const Configuration& configuration)
    : url_(configuration.url),
      secret_(configuration.token_secret.reveal()),
      fault_(missing(configuration)),
      unused_(is_unused(configuration)) {
  if (unused_) fault_ = "Janus is not configured";
}

base::Result<Credential> Tokens::mint(const access::Grant& grant,
                                      std::chrono::sys_seconds now) const {
  if (!fault_.empty()) return base::Error{refusal(), fault_};
  if (!fits_token(grant.room_name)) {
    return base::Error{base::Code::token_failed,
                       "the room's name can't stand in a token of Janus's (no comma, no colon)"};
  }
  const auto expires_at = now + grant.validity;
  return Credential{.token = sign_token(secret_.reveal(), expires_at, kPlugin,
                                        std::string(kOfRoom) + grant.room_name),
                    .identity = grant.identity,
                    .issued_at = now,
                    .expires_at = expires_at};
}

std::string Tokens::connect(const access::Grant& grant) const {
  return way_to(url_, grant.room_name).text();
}

std::string Tokens::connect_until(const access::Grant& grant,
                                  std::chrono::sys_seconds expires_at) const {
  return way_to(url_, grant.room_name)
      .add("core_token", core_token(secret_.reveal(), expires_at))
      .text();
}

}  // namespace roomkey::provider::janus
