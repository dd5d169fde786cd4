#include "roomkey/access/bearer.hpp"

#include <algorithm>

#include "cli/inspect/report.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/words.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::cli::inspect {

using namespace provider::inspection;

namespace {

constexpr const char* kCode = "invalid_token";
constexpr const char* kLogin = "Set it in the clinic's login, or change ";

void inspect_header(const Inquiry& inquiry) {
  const Json::Value& header = inquiry.token.header;
  if (inquiry.token.text.size() > crypto::kMaxTokenBytes) {
    inquiry.error(kCode, "The token is longer than 8 KiB.",
                  "The clinic's login must put less into it.");
  }
  inquiry.line("algorithm", shown(header, "alg"));
  if (header.isMember("kid")) inquiry.line("key id", shown(header, "kid"));
  if (inquiry.login) {
    const std::string wanted(crypto::name(inquiry.login->keys.algorithm));
    if (text_at(header, "alg") != wanted) {
      inquiry.error(kCode,
                    "The header's alg is " + said(header, "alg") + ", and " + wanted +
                        " is the algorithm in use (ROOMKEY_JWT_ALGORITHM).",
                    std::string(kLogin) + "ROOMKEY_JWT_ALGORITHM and its key.");
    }
  }
  for (const char* extension : {"crit", "b64"}) {
    if (!header.isMember(extension)) continue;
    inquiry.error(kCode, std::string("The header has ") + extension + ", which roomkey refuses.",
                  "The clinic's login must make plain tokens.");
  }
}

void inspect_type(const Inquiry& inquiry) {
  const Json::Value& claims = inquiry.token.claims;
  const std::string required = inquiry.login ? inquiry.login->token_type : "";
  const std::string wanted = required.empty() ? "access" : required;
  if (!claims.isMember("token_type")) {
    if (required.empty()) return;
    return inquiry.error(
        kCode, "The token has no token_type, and ROOMKEY_JWT_TOKEN_TYPE is " + required + '.',
        std::string(kLogin) + "ROOMKEY_JWT_TOKEN_TYPE.");
  }
  inquiry.line("type", shown(claims, "token_type"));
  if (text_at(claims, "token_type") == wanted) return;
  const bool refresh = text_at(claims, "token_type") == "refresh";
  inquiry.error(kCode,
                refresh ? "This is a refresh token: it is good for the login only."
                        : "The token's token_type is " + shown(claims, "token_type") +
                              ", and must be " + wanted + '.',
                "The frontend must send the login's access token (SimpleJWT: the field access of "
                "its answer).");
}

void inspect_user(const Inquiry& inquiry) {
  const Json::Value& claims = inquiry.token.claims;
  const std::string name = inquiry.login ? inquiry.login->user_claim : "user_id";
  inquiry.line("user", shown(claims, name.c_str()));
  const Json::Value& claim = member(claims, name.c_str());
  if (base::integer(claim).value_or(0) > 0) return;
  if (claim.isString() && base::parse_id(claim.asString())) return;
  // Without the login's key its other rules aren't known either.
  if (!inquiry.login && claim.isNull()) return;
  inquiry.error(kCode,
                claims.isMember(name) ? "The claim " + name + " holds no user id (a number from 1)."
                                      : "The token has no claim " + name + " with the user's id.",
                std::string(kLogin) + "ROOMKEY_JWT_USER_CLAIM. This token's claims are: " +
                    other_names(claims, {}) + '.');
}

bool is_for(const Json::Value& audience, const std::string& wanted) {
  if (!audience.isArray()) return audience.isString() && audience.asString() == wanted;
  return std::any_of(audience.begin(), audience.end(),
                     [&](const Json::Value& one) { return one == wanted; });
}

void inspect_parties(const Inquiry& inquiry) {
  const Json::Value& claims = inquiry.token.claims;
  if (claims.isMember("iss")) inquiry.line("issuer", shown(claims, "iss"));
  if (claims.isMember("aud")) inquiry.line("audience", shown_list(claims, "aud"));
  if (!inquiry.login) return;
  const access::BearerRules& rules = *inquiry.login;
  if (!rules.issuer.empty() && text_at(claims, "iss") != rules.issuer) {
    inquiry.error(
        kCode,
        "The issuer (iss) is " + said(claims, "iss") + ", and ROOMKEY_JWT_ISSUER is " +
            rules.issuer + '.',
        std::string(kLogin) + "ROOMKEY_JWT_ISSUER: they must be the same, to the letter.");
  }
  if (!rules.audience.empty() && !is_for(member(claims, "aud"), rules.audience)) {
    inquiry.error(kCode,
                  "The audience (aud) is " +
                      (claims.isMember("aud") ? shown_list(claims, "aud") : "missing") +
                      ", and ROOMKEY_JWT_AUDIENCE is " + rules.audience + '.',
                  std::string(kLogin) + "ROOMKEY_JWT_AUDIENCE: it must be among the token's.");
  }
}

// Who finds a token can use it for that long.
void inspect_span(const Inquiry& inquiry) {
  constexpr std::chrono::hours kDay{24};
  const Json::Value& claims = inquiry.token.claims;
  const auto issued_at = base::numeric_date(member(claims, "iat"));
  const auto expires_at = base::numeric_date(member(claims, "exp"));
  const auto longest = inquiry.login ? inquiry.login->longest_life : std::nullopt;
  if (longest && !issued_at) {
    return inquiry.error(kCode,
                         "The token has no iat, by which ROOMKEY_JWT_MAX_HOURS tells its life.",
                         std::string(kLogin) + "ROOMKEY_JWT_MAX_HOURS.");
  }
  if (!issued_at || !expires_at) return;
  const auto life = *expires_at - *issued_at;
  const std::string text = "The token is valid for " + base::in_words(life);
  if (longest && life > *longest) {
    inquiry.error(kCode,
                  text + ", and ROOMKEY_JWT_MAX_HOURS is " + std::to_string(longest->count()) + '.',
                  std::string(kLogin) + "ROOMKEY_JWT_MAX_HOURS.");
  } else if (!longest && life > kDay) {
    inquiry.warning(
        "long_life", text + ": whoever finds it is its user for that long.",
        "Have the login make access tokens for minutes (SimpleJWT: "
        "ACCESS_TOKEN_LIFETIME); ROOMKEY_JWT_MAX_HOURS refuses those that live longer.");
  }
}

void inspect_life(const Inquiry& inquiry) {
  const auto leeway = inquiry.login ? inquiry.login->leeway : access::BearerRules{}.leeway;
  inspect_times(inquiry,
                {.expired = "token_expired",
                 .bad_expiry = kCode,
                 .not_yet = kCode,
                 .issued_later = kCode,
                 .late = leeway,
                 .early = leeway,
                 .any_number = true,
                 .renew = "The frontend must renew it at the clinic's login, or the user must log "
                          "in again. If new ones have expired too, set the clocks."});
}

// True where it could be told which spelling of the login's secret made the signature.
bool say_respelt(const Inquiry& inquiry, std::span<const LoginSecret> login) {
  const auto algorithm = inquiry.login->keys.algorithm;
  if (!crypto::is_hmac(algorithm)) return false;
  for (const auto& [variable, secret] : login) {
    const std::string name = respelt(inquiry.token, secret, variable, algorithm);
    if (name.empty()) continue;
    const bool decoded = name.find("decoded") != std::string::npos;
    std::string cure = decoded
                           ? "The clinic's login decodes its key: write the decoded bytes to a file"
                           : "Write the key to a file, to the byte as the clinic's login uses it,";
    cure.append(" and name that file in ").append(variable).append("_FILE, in place of ");
    inquiry.error(kCode, "The token is signed with " + name + '.', cure.append(variable) + '.');
    return true;
  }
  return false;
}

void inspect_signature(const Inquiry& inquiry, std::span<const LoginSecret> login) {
  const Token& token = inquiry.token;
  if (token.signature && token.signature->empty()) {
    inquiry.line("signature", "none");
    return inquiry.error(kCode, "The token is not signed.",
                         "Take tokens from the clinic's login only.");
  }
  if (!inquiry.login) return say_unchecked(inquiry, "the key of the clinic's login");
  if (signed_by_login(inquiry)) {
    return inquiry.line("signature", "made with the key of the clinic's login");
  }
  inquiry.line("signature", "not made with the key of the clinic's login");
  if (say_respelt(inquiry, login)) return;
  inquiry.error(kCode,
                "The signature was made with another key than that of the clinic's login." +
                    other_signer(inquiry, {}, ""),
                "roomkey must have the login's key: ROOMKEY_JWT_SECRET (Django: SIGNING_KEY), or "
                "its public key. While keys are rotated, ROOMKEY_JWT_PREVIOUS_SECRET holds the old "
                "one.");
}

// The last word is the worker's: what it refuses is never reported as faultless.
void ask_the_worker(const Inquiry& inquiry) {
  if (!inquiry.login || !inquiry.report.faultless()) return;
  const auto verdict = access::verify_bearer(inquiry.token.text, *inquiry.login, inquiry.now);
  if (verdict) return;
  inquiry.error(std::string(base::word(verdict.error().code)), verdict.error().detail + '.',
                "Take a new token from the clinic's login.");
}

}  // namespace

void inspect_bearer(const Inquiry& inquiry, std::span<const LoginSecret> login) {
  inspect_header(inquiry);
  inspect_type(inquiry);
  inspect_user(inquiry);
  inspect_parties(inquiry);
  inspect_life(inquiry);
  inspect_span(inquiry);
  inspect_signature(inquiry, login);
  ask_the_worker(inquiry);
}

}  // namespace roomkey::cli::inspect
