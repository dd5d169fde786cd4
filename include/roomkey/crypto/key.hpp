// A key is made for one algorithm and can do nothing else: what a token's header says never
// chooses. Refusals are invalid_token with a sentence that names the fault and holds nothing of the
// key.
#pragma once

#include <json/value.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "roomkey/base/result.hpp"

struct evp_pkey_st;     // OpenSSL's EVP_PKEY
struct evp_mac_ctx_st;  // OpenSSL's EVP_MAC_CTX

namespace roomkey::crypto {

// RFC 7518 section 3.1 and RFC 8037 (EdDSA: Ed25519 only).
enum class Algorithm { hs256, hs384, hs512, rs256, rs384, rs512, es256, es384, eddsa };

// The `alg` word, such as "HS256".
[[nodiscard]] std::string_view name(Algorithm algorithm);
[[nodiscard]] std::optional<Algorithm> parse_algorithm(std::string_view name);
[[nodiscard]] bool is_hmac(Algorithm algorithm);

class Key {
 public:
  // HMAC. Any size but none: whether a short secret is too weak is the caller's to say.
  static base::Result<Key> from_secret(std::string_view secret, Algorithm algorithm);

  // The first key of a PEM file (RFC 7468): a public key (PKCS #1 as well), a certificate's, or a
  // private key, which can sign as well. Refused where the key is not of the algorithm's kind, RSA
  // under 2048 bits, or on another curve; what is no PEM is named, with the command that makes PEM
  // of it.
  static base::Result<Key> from_pem(std::string_view pem, Algorithm algorithm);

  // One public or `oct` key of a JWK set (RFC 7517, RFC 7518 section 6, RFC 8037). Refused like a
  // PEM key, and where `use` or `key_ops` say that it isn't for signatures, where `alg` names
  // another algorithm, or where an `oct` key is shorter than the hash (RFC 7518 section 3.2).
  static base::Result<Key> from_jwk(const Json::Value& jwk, Algorithm algorithm);

  // Takes the pair over; refused where it is not fit for the algorithm.
  static base::Result<Key> from_pair(evp_pkey_st* pair, Algorithm algorithm);

  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
  // The JWK's `kid`; empty where the key has none.
  [[nodiscard]] const std::string& id() const { return id_; }

  // The same key for the same algorithm, whatever its id.
  [[nodiscard]] bool equals(const Key& other) const;

  // `signature` in the form of RFC 7518 (ECDSA: R and S side by side). HMACs are compared in
  // constant time. False for whatever is not right.
  [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const;

  [[nodiscard]] bool can_sign() const;
  // Throws std::logic_error where it can't.
  [[nodiscard]] std::string sign(std::string_view message) const;

 private:
  explicit Key(Algorithm algorithm) : algorithm_(algorithm) {}

  [[nodiscard]] std::string mac(std::string_view message) const;
  [[nodiscard]] bool verify_pair(std::string_view message, std::string_view signature) const;

  struct Free {
    void operator()(evp_mac_ctx_st* context) const;
    void operator()(evp_pkey_st* pair) const;
  };
  Algorithm algorithm_;
  std::string id_;
  // Keyed once and restarted for each message, so a Key serves one thread at a time.
  std::unique_ptr<evp_mac_ctx_st, Free> mac_;
  std::unique_ptr<evp_pkey_st, Free> pair_;
};

}  // namespace roomkey::crypto
