// From an Authorization header to the id of the user it speaks for (RFC 6750, RFC 7519, RFC 8725).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "roomkey/base/result.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::access {

// What the clinic's own login puts into its tokens.
struct BearerRules {
  crypto::KeySet keys;
  std::string issuer;    // empty: not checked
  std::string audience;  // empty: not checked
  std::string user_claim = "user_id";
  std::string token_type = {};  // that must stand there; empty: `access`, where there is one
  std::optional<std::chrono::hours> longest_life = {};  // from `iat`, which must be there then
  std::chrono::seconds leeway{5};
};

// The token of `Authorization: Bearer <token>`, scheme in any case. authentication_required where
// there is no header or another scheme.
[[nodiscard]] base::Result<std::string_view> bearer_token(std::string_view authorization);

// The user's id. invalid_token with the reason as detail, or token_expired for a token that is
// right in all else. `exp` is required; `nbf` and `iat` may not lie in the future; a `token_type`
// other than that of the rules (SimpleJWT's refresh tokens have another) and a `typ` other than JWT
// or at+jwt are refused.
[[nodiscard]] base::Result<std::int64_t> verify_bearer(std::string_view token,
                                                       const BearerRules& rules,
                                                       std::chrono::sys_seconds now);

// Both of the above: from the header to the user's id.
[[nodiscard]] base::Result<std::int64_t> authenticate(std::string_view authorization,
                                                      const BearerRules& rules,
                                                      std::chrono::sys_seconds now);

// A bearer token for tests and support, signed with the first key; HMAC only (std::logic_error
// otherwise).
[[nodiscard]] std::string make_bearer(std::int64_t user_id, const BearerRules& rules,
                                      std::chrono::sys_seconds now, std::chrono::seconds validity);

}  // namespace roomkey::access
