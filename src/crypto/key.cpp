#include "roomkey/crypto/key.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include <array>
#include <stdexcept>

#include "crypto/openssl_handles.hpp"
#include "crypto/refused.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::crypto {

namespace {

struct Traits {
  Algorithm algorithm;
  std::string_view name;
  const char* digest;  // null: EdDSA hashes by itself
  const char* kind;    // what the pair must be; null: HMAC
  const char* group;   // EC curve, or null
  std::size_t half;    // size of R and of S, or 0
};

constexpr std::array kTraits{
    Traits{Algorithm::hs256, "HS256", "SHA256", nullptr, nullptr, 0},
    Traits{Algorithm::hs384, "HS384", "SHA384", nullptr, nullptr, 0},
    Traits{Algorithm::hs512, "HS512", "SHA512", nullptr, nullptr, 0},
    Traits{Algorithm::rs256, "RS256", "SHA256", "RSA", nullptr, 0},
    Traits{Algorithm::rs384, "RS384", "SHA384", "RSA", nullptr, 0},
    Traits{Algorithm::rs512, "RS512", "SHA512", "RSA", nullptr, 0},
    Traits{Algorithm::es256, "ES256", "SHA256", "EC", "prime256v1", 32},
    Traits{Algorithm::es384, "ES384", "SHA384", "EC", "secp384r1", 48},
    Traits{Algorithm::eddsa, "EdDSA", nullptr, "ED25519", nullptr, 0},
};

const Traits& traits(Algorithm algorithm) { return kTraits[static_cast<std::size_t>(algorithm)]; }

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// OpenSSL's name of the pair's curve; empty where it is on none, or on one without a name.
std::string group_of(EVP_PKEY* pair) {
  std::array<char, 64> group{};
  EVP_PKEY_get_group_name(pair, group.data(), group.size(), nullptr);
  return group.data();
}

// As people know it: "RSA", "EC (P-256)".
std::string kind_of(EVP_PKEY* pair) {
  const char* const type = EVP_PKEY_get0_type_name(pair);
  const std::string group = group_of(pair);
  const std::string_view curve = group == "prime256v1"  ? "P-256"
                                 : group == "secp384r1" ? "P-384"
                                 : group == "secp521r1" ? "P-521"
                                                        : std::string_view(group);
  return std::string(type == nullptr ? "of an unknown kind" : type) +
         (curve.empty() ? "" : " (" + std::string(curve) + ')');
}

std::string_view wanted_kind(const Traits& wanted) {
  if (wanted.group == nullptr) return wanted.kind;
  return wanted.half == 32 ? "EC (P-256)" : "EC (P-384)";
}

// Why the pair can't serve the algorithm; empty where it can.
std::string unfit(EVP_PKEY* pair, const Traits& wanted) {
  if (EVP_PKEY_is_a(pair, wanted.kind) != 1 ||
      (wanted.group != nullptr && group_of(pair) != wanted.group)) {
    return "the key is not of the kind that " + std::string(wanted.name) + " needs: it is " +
           kind_of(pair) + ", not " + std::string(wanted_kind(wanted));
  }
  if (wanted.kind == std::string_view("RSA")) {
    if (const int bits = EVP_PKEY_get_bits(pair); bits < 2048) {
      return "the RSA key is too short: " + std::to_string(bits) + " bits, and 2048 are the least";
    }
    BIGNUM* raw = nullptr;
    EVP_PKEY_get_bn_param(pair, OSSL_PKEY_PARAM_RSA_E, &raw);
    const Number exponent{raw};
    if (!exponent || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get())) {
      return "the RSA key's exponent is not an odd number over 1";
    }
  }
  const KeyContext context{EVP_PKEY_CTX_new_from_pkey(nullptr, pair, nullptr)};
  return EVP_PKEY_public_check(context.get()) == 1 ? "" : "the key is not a point on its curve";
}

// RFC 7518 section 3.4: R || S, each as long as the curve's order, to DER.
std::string der_from_raw(std::string_view raw, std::size_t half) {
  if (raw.size() != 2 * half) return {};
  BIGNUM* r = BN_bin2bn(bytes(raw), static_cast<int>(half), nullptr);
  BIGNUM* s = BN_bin2bn(bytes(raw) + half, static_cast<int>(half), nullptr);
  const EcdsaSignature signature{ECDSA_SIG_new()};
  ECDSA_SIG_set0(signature.get(), r, s);
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
  unsigned char* out = bytes(der);
  i2d_ECDSA_SIG(signature.get(), &out);
  return der;
}

std::string raw_from_der(std::string_view der, std::size_t half) {
  const unsigned char* in = bytes(der);
  const EcdsaSignature signature{d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size()))};
  std::string raw(2 * half, '\0');
  const auto size = static_cast<int>(half);
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes(raw), size);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes(raw) + half, size);
  return raw;
}

}  // namespace

const EVP_MD* fetched_digest(const char* name) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static const EVP_MD* const sha384 = EVP_MD_fetch(nullptr, "SHA384", nullptr);
  static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  const std::string_view wanted(name);
  return wanted == "SHA256" ? sha256 : wanted == "SHA384" ? sha384 : sha512;
}

std::string_view name(Algorithm algorithm) { return traits(algorithm).name; }

std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (const Traits& candidate : kTraits) {
    if (candidate.name == name) return candidate.algorithm;
  }
  return std::nullopt;
}

bool is_hmac(Algorithm algorithm) { return traits(algorithm).kind == nullptr; }

void Key::Free::operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
void Key::Free::operator()(EVP_PKEY* pair) const { EVP_PKEY_free(pair); }

base::Result<Key> Key::from_secret(std::string_view secret, Algorithm algorithm) {
  if (!is_hmac(algorithm)) return refused("a secret serves HMAC algorithms only");
  if (secret.empty()) return refused("the secret is empty");
  static EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  Key key(algorithm);
  key.mac_.reset(EVP_MAC_CTX_new(hmac));
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                       const_cast<char*>(traits(algorithm).digest), 0),
      OSSL_PARAM_construct_end()};
  if (EVP_MAC_init(key.mac_.get(), bytes(secret), secret.size(), params) != 1) {
    throw std::runtime_error("HMAC can't be set up");
  }
  return key;
}

base::Result<Key> Key::from_pair(EVP_PKEY* pair, Algorithm algorithm) {
  Key key(algorithm);
  key.pair_.reset(pair);
  const std::string why = unfit(pair, traits(algorithm));
  ERR_clear_error();
  if (!why.empty()) return refused(why);
  return key;
}

bool Key::equals(const Key& other) const {
  if (algorithm_ != other.algorithm_) return false;
  if (mac_) return equal_constant_time(mac(""), other.mac(""));
  return EVP_PKEY_eq(pair_.get(), other.pair_.get()) == 1;
}

std::string Key::mac(std::string_view message) const {
  std::string result(EVP_MAX_MD_SIZE, '\0');
  std::size_t size = 0;
  if (EVP_MAC_init(mac_.get(), nullptr, 0, nullptr) != 1 ||
      EVP_MAC_update(mac_.get(), bytes(message), message.size()) != 1 ||
      EVP_MAC_final(mac_.get(), bytes(result), &size, result.size()) != 1) {
    throw std::runtime_error("HMAC failed");
  }
  result.resize(size);
  return result;
}

bool Key::verify_pair(std::string_view message, std::string_view signature) const {
  const Traits& kind = traits(algorithm_);
  const std::string der = kind.half > 0 ? der_from_raw(signature, kind.half) : std::string();
  const std::string_view given = kind.half > 0 ? std::string_view(der) : signature;
  const EVP_MD* digest = kind.digest != nullptr ? fetched_digest(kind.digest) : nullptr;
  const DigestContext context{EVP_MD_CTX_new()};
  const bool right =
      EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, pair_.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes(given), given.size(), bytes(message), message.size()) ==
          1;
  ERR_clear_error();
  return right;
}

bool Key::verify(std::string_view message, std::string_view signature) const {
  if (mac_) return equal_constant_time(mac(message), signature);
  return verify_pair(message, signature);
}

bool Key::can_sign() const {
  if (mac_) return true;
  const bool rsa = EVP_PKEY_is_a(pair_.get(), "RSA") == 1;
  std::size_t size = 0;
  BIGNUM* raw = nullptr;
  const char* const name = rsa ? OSSL_PKEY_PARAM_RSA_D : OSSL_PKEY_PARAM_PRIV_KEY;
  const bool there = traits(algorithm_).digest == nullptr
                         ? EVP_PKEY_get_raw_private_key(pair_.get(), nullptr, &size) == 1
                         : EVP_PKEY_get_bn_param(pair_.get(), name, &raw) == 1;
  BN_clear_free(raw);
  ERR_clear_error();
  return there;
}

std::string Key::sign(std::string_view message) const {
  if (mac_) return mac(message);
  const Traits& kind = traits(algorithm_);
  const EVP_MD* digest = kind.digest != nullptr ? fetched_digest(kind.digest) : nullptr;
  const DigestContext context{EVP_MD_CTX_new()};
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(pair_.get())), '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, pair_.get()) != 1 ||
      EVP_DigestSign(context.get(), bytes(signature), &size, bytes(message), message.size()) != 1) {
    ERR_clear_error();
    throw std::logic_error("a public key can't sign");
  }
  signature.resize(size);
  return kind.half > 0 ? raw_from_der(signature, kind.half) : signature;
}

}  // namespace roomkey::crypto
