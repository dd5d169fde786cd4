// JSON Web Signature in compact form (RFC 7515), as strict as RFC 8725 asks for.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/base/result.hpp"
#include "roomkey/crypto/key.hpp"

namespace roomkey::crypto {

// What whoever keeps a file of keys should mend, though the keys are in use: two sentences, the
// first without its end. Holds nothing of a key but its id.
struct Remark {
  std::string text;
  std::string cure;
  std::optional<std::chrono::sys_seconds> from{};  // of interest from then on only
};

// The keys of one issuer, all for the one accepted algorithm.
struct KeySet {
  Algorithm algorithm;
  std::vector<Key> keys;
  std::vector<Remark> remarks{};
};

// Each token is tried with so many keys at most.
inline constexpr std::size_t kMostKeys = 64;

// A JWK set (RFC 7517 section 5) cut down to the keys for `algorithm`, an equal key under the same
// `kid` once. Keys that are malformed or too weak are passed over with a remark. Refused where none
// is left (saying why) or more than kMostKeys are.
[[nodiscard]] base::Result<KeySet> key_set_from_jwks(std::string_view json, Algorithm algorithm);

// Whether it is a JWK set at all, of up to kMostKeys: the login's word on its keys then, even where
// key_set_from_jwks() finds none of use in it.
[[nodiscard]] bool is_jwk_set(std::string_view json);

// The public key of a PEM file, as Key::from_pem() takes it, but of a private key its public half
// alone.
[[nodiscard]] base::Result<KeySet> key_set_from_pem(std::string_view text, Algorithm algorithm);

// What of such a file may be handed on where it holds a private key: a PEM of the public half of
// the key that counts (SubjectPublicKeyInfo, RFC 7468 section 13), the JWK set without private
// members (RFC 7518 section 6). Nothing where there is none to be taken away, or no key at all.
[[nodiscard]] std::optional<std::string> public_half_of_pem(std::string_view text);
[[nodiscard]] std::optional<std::string> public_half_of_jwks(std::string_view json);

struct Jws {
  std::shared_ptr<const Json::Value> header;  // an object
  std::string payload;
};

// No token of an honest login is longer.
inline constexpr std::size_t kMaxTokenBytes = 8192;

// The content of a compact JWS whose signature one of `keys` made; invalid_token otherwise. Refused
// before any key is tried: more than kMaxTokenBytes, anything but three parts, base64url that is
// not canonical, a header that is no JSON object or has a key twice, `alg` other than the key
// set's, `crit`, `b64` (RFC 7797). `kid` only chooses among the keys that have one;
// of several with the same, each is tried.
[[nodiscard]] base::Result<Jws> verify_jws(std::string_view token, const KeySet& keys);

// header and payload are JSON already.
[[nodiscard]] std::string sign_jws(std::string_view header, std::string_view payload,
                                   const Key& key);

}  // namespace roomkey::crypto
