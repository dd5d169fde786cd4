#include "roomkey/provider/stream/token.hpp"

#include <algorithm>
#include <utility>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::provider::stream {

namespace {

constexpr std::string_view kCallType = "default";
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::chrono::seconds kClockSkew{5};  // Stream refuses an `iat` in its future

char fit(char32_t c) {
  if (base::is_upper(c)) return static_cast<char>(c - 'A' + 'a');
  const char plain = c < 0x80 ? static_cast<char>(c) : '_';
  const bool allowed =
      base::is_lower(plain) || base::is_digit(plain) || plain == '@' || plain == '-';
  return allowed ? plain : '_';
}

// Neither has a character that JSON would escape.
std::string quoted_cid(std::string_view call_type, const access::Grant& grant) {
  return '"' + std::string(call_type) + ':' + grant.room_name + '"';
}

}  // namespace

std::string fit_name(std::string_view name) {
  std::string fitted = !name.empty() && base::is_digit(name.front()) ? "user_" : "";
  for (std::size_t at = 0; at < name.size();) fitted += fit(base::next_code_point(name, at));
  return fitted;
}

std::string user_id(std::int64_t user_id) { return fit_name(std::to_string(user_id)); }

std::string user_id(const access::Grant& grant) {
  return grant.user_id == 0 ? grant.identity : user_id(grant.user_id);
}

bool is_own_name(std::string_view name, const access::User& user) {
  const std::string id = std::to_string(user.id);
  for (const std::string& own : {id, id + '-' + user.email, user.email}) {
    if (name == own || name == fit_name(own)) return true;
  }
  return false;
}

bool is_call_id(std::string_view text) {
  constexpr std::size_t kMost = 64;
  return !text.empty() && text.size() <= kMost && std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_alphanumeric(c) || c == '_' || c == '-';
  });
}

Tokens::Tokens(const TokenSettings& settings)
    : api_key_(settings.api_key),
      token_validity_(settings.token_validity),
      unbound_tokens_(settings.unbound_tokens),
      unused_(api_key_.empty() && settings.api_secret.empty()) {
  if (api_key_.empty()) fault_ = "STREAM_API_KEY is not set";
  if (settings.api_secret.empty()) fault_ = "STREAM_API_SECRET is not set";
  if (unused_) fault_ = "GetStream is not configured";
  if (!fault_.empty()) return;
  key_ = crypto::Key::from_secret(settings.api_secret.reveal(), crypto::Algorithm::hs256).value();
}

// Stream's browser SDKs can't decode `-` or `_` in the payload part. They come from `>`, `?`, `~`
// and from bytes past ASCII; neither user ids nor call ids have any.
Credential Tokens::sign(std::string holder, std::string_view calls, std::chrono::seconds validity,
                        std::chrono::sys_seconds now) const {
  const auto issued_at = now - kClockSkew;
  Credential credential{
      .identity = std::move(holder), .issued_at = issued_at, .expires_at = issued_at + validity};
  base::JsonObject payload;
  payload.add("user_id", credential.identity)
      .add("iat", base::unix_seconds(credential.issued_at))
      .add("exp", base::unix_seconds(credential.expires_at));
  if (!calls.empty()) payload.add_raw("call_cids", '[' + std::string(calls) + ']');
  credential.token = crypto::sign_jws(kHeader, payload.text(), *key_);
  return credential;
}

base::Error Tokens::not_configured() const {
  base::Error error{refusal(), fault_};
  error.told = "GetStream API credentials not configured";
  return error;
}

base::Result<std::monostate> Tokens::can_call(const access::Grant& grant) const {
  if (!key_) return not_configured();
  if (!is_call_id(grant.room_name)) {
    return base::Error{base::Code::token_failed,
                       "the room's name is no call id of GetStream's (1 to 64 of A-Z a-z 0-9 _ -)"};
  }
  return std::monostate{};
}

base::Result<Credential> Tokens::mint_for_call(const access::Grant& grant,
                                               std::string_view call_type,
                                               std::chrono::sys_seconds now) const {
  if (const auto fit = can_call(grant); !fit) return fit.error();
  return sign(stream::user_id(grant), quoted_cid(call_type, grant), grant.validity, now);
}

base::Result<Credential> Tokens::mint_for_calls(std::span<const access::Grant> grants,
                                                std::string_view call_type,
                                                std::chrono::sys_seconds now) const {
  std::string calls;
  for (const access::Grant& grant : grants) {
    if (const auto fit = can_call(grant); !fit) return fit.error();
    calls += (calls.empty() ? "" : ",") + quoted_cid(call_type, grant);
  }
  return sign(stream::user_id(grants.front()), calls, token_validity_, now);
}

base::Result<Credential> Tokens::mint(const access::Grant& grant,
                                      std::chrono::sys_seconds now) const {
  return mint_for_call(grant, kCallType, now);
}

std::string Tokens::connect(const access::Grant& grant) const {
  return base::JsonObject()
      .add("api_key", api_key_)
      .add("call_type", kCallType)
      .add("call_id", grant.room_name)
      .add("user_id", stream::user_id(grant))
      .text();
}

base::Result<Credential> Tokens::mint_for_user(std::int64_t user_id,
                                               std::chrono::sys_seconds now) const {
  if (!key_) return not_configured();
  return sign(stream::user_id(user_id), "", token_validity_, now);
}

}  // namespace roomkey::provider::stream
