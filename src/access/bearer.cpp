#include "roomkey/access/bearer.hpp"

#include <algorithm>

#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/digest.hpp"

namespace roomkey::access {

namespace {

using base::Code;
using base::Error;

constexpr const char* kNoTime = " is not a time in seconds from 1970 to 9999";

Error refused(std::string why) { return {Code::invalid_token, std::move(why)}; }

bool has_audience(const Json::Value& claim, const std::string& wanted) {
  if (claim.isString()) return claim.asString() == wanted;
  return claim.isArray() && std::any_of(claim.begin(), claim.end(), [&](const Json::Value& one) {
           return one.isString() && one.asString() == wanted;
         });
}

// RFC 8725 section 3.11: a JWT made for another purpose says so in `typ`.
bool is_access_type(const Json::Value& header) {
  if (!header.isMember("typ")) return true;
  const std::string type = base::lower_ascii(base::string_member(header, "typ").value_or(""));
  return type == "jwt" || type == "at+jwt" || type == "application/at+jwt";
}

bool is_of_type(const Json::Value& claims, const std::string& wanted) {
  if (!wanted.empty()) return base::string_member(claims, "token_type") == wanted;
  return !claims.isMember("token_type") || claims["token_type"] == "access";
}

// Why the token is not one of the clinic's access tokens; empty where it is.
std::string wrong_kind(const crypto::Jws& jws, const Json::Value& claims,
                       const BearerRules& rules) {
  if (!is_access_type(*jws.header)) return "The token is of another type";
  if (!is_of_type(claims, rules.token_type)) return "The token is not an access token";
  if (!rules.issuer.empty() && base::string_member(claims, "iss") != rules.issuer) {
    return "The token is from another issuer";
  }
  if (!rules.audience.empty() && !has_audience(claims["aud"], rules.audience)) {
    return "The token is for another audience";
  }
  return {};
}

// Why the token is not valid yet or has no usable times; empty where all is well.
std::string not_yet_valid(const Json::Value& claims, std::chrono::sys_seconds latest) {
  for (const char* key : {"nbf", "iat"}) {
    if (!claims.isMember(key)) continue;
    const auto time = base::numeric_date(claims[key]);
    if (!time) return std::string("The token's ") + key + kNoTime;
    if (*time > latest) return "The token is not valid yet";
  }
  return {};
}

// Why the token is good for too long, as far as that can be told; empty where it is not.
std::string too_long(const Json::Value& claims, std::chrono::sys_seconds expires_at,
                     const BearerRules& rules) {
  if (!rules.longest_life) return {};
  const auto issued_at = base::numeric_date(claims["iat"]);
  if (!issued_at) return "The token has no iat";
  if (expires_at - *issued_at > *rules.longest_life) return "The token is valid for too long";
  return {};
}

std::optional<std::int64_t> user_id(const Json::Value& claim) {
  if (claim.isString()) return base::parse_id(claim.asString());
  const auto id = base::integer(claim);
  return id && *id > 0 ? id : std::nullopt;
}

}  // namespace

base::Result<std::string_view> bearer_token(std::string_view authorization) {
  const auto end = std::min(authorization.find(' '), authorization.size());
  if (!base::equals_ignoring_case(authorization.substr(0, end), "bearer")) {
    return Error{Code::authentication_required};
  }
  const auto start = authorization.find_first_not_of(' ', end);
  return start == authorization.npos ? std::string_view() : authorization.substr(start);
}

base::Result<std::int64_t> verify_bearer(std::string_view token, const BearerRules& rules,
                                         std::chrono::sys_seconds now) {
  const auto jws = crypto::verify_jws(token, rules.keys);
  if (!jws) return jws.error();
  const auto parsed = base::parse_json_object(jws->payload);
  if (!parsed) return refused("The token's claims are not a JSON object");
  const Json::Value& claims = *parsed;
  if (auto why = wrong_kind(*jws, claims, rules); !why.empty()) return refused(why);
  if (auto why = not_yet_valid(claims, now + rules.leeway); !why.empty()) return refused(why);
  const auto id = user_id(claims[rules.user_claim]);
  if (!id) return refused("The token's user claim does not hold a user id");
  const auto expires_at = base::numeric_date(claims["exp"]);
  if (!claims.isMember("exp")) return refused("The token has no exp");
  if (!expires_at) return refused(std::string("The token's exp") + kNoTime);
  if (auto why = too_long(claims, *expires_at, rules); !why.empty()) return refused(why);
  if (now - rules.leeway >= *expires_at) return Error{Code::token_expired, "The token has expired"};
  return *id;
}

base::Result<std::int64_t> authenticate(std::string_view authorization, const BearerRules& rules,
                                        std::chrono::sys_seconds now) {
  const auto token = bearer_token(authorization);
  if (!token) return token.error();
  return verify_bearer(*token, rules, now);
}

std::string make_bearer(std::int64_t user_id, const BearerRules& rules,
                        std::chrono::sys_seconds now, std::chrono::seconds validity) {
  base::JsonObject header;
  header.add("alg", crypto::name(rules.keys.algorithm)).add("typ", "JWT");
  base::JsonObject claims;
  claims.add("token_type", rules.token_type.empty() ? "access" : std::string_view(rules.token_type))
      .add("iat", base::unix_seconds(now))
      .add("exp", base::unix_seconds(now + validity))
      .add("jti", crypto::random_hex(16));
  std::string user;
  base::append_quoted(user, rules.user_claim);
  claims.add(std::string_view(user).substr(1, user.size() - 2), user_id);
  if (!rules.issuer.empty()) claims.add("iss", rules.issuer);
  if (!rules.audience.empty()) claims.add("aud", rules.audience);
  return crypto::sign_jws(header.text(), claims.text(), rules.keys.keys.front());
}

}  // namespace roomkey::access
