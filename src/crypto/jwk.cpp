#include <openssl/core_names.h>
#include <openssl/err.h>

#include <algorithm>

#include "crypto/jwk_parts.hpp"
#include "crypto/openssl_handles.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/jws.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::crypto {

namespace {

base::Error no_jwk(std::string why) { return {base::Code::invalid_token, std::move(why)}; }

std::string text_member(const Json::Value& jwk, const char* key) {
  return base::string_member(jwk, key).value_or("");
}

std::string_view key_type(Algorithm algorithm) {
  if (is_hmac(algorithm)) return "oct";
  if (algorithm == Algorithm::eddsa) return "OKP";
  return algorithm == Algorithm::es256 || algorithm == Algorithm::es384 ? "EC" : "RSA";
}

// The one curve for the algorithm; empty where it has none.
std::string_view curve_for(Algorithm algorithm) {
  if (algorithm == Algorithm::eddsa) return "Ed25519";
  return algorithm == Algorithm::es256 ? "P-256" : algorithm == Algorithm::es384 ? "P-384" : "";
}

bool may_verify(const Json::Value& operations) {
  return operations.isNull() ||
         (operations.isArray() &&
          std::any_of(operations.begin(), operations.end(),
                      [](const Json::Value& one) { return one == "verify"; }));
}

std::size_t least_secret_size(Algorithm algorithm) {
  return algorithm == Algorithm::hs256 ? 32 : algorithm == Algorithm::hs384 ? 48 : 64;
}

// Why the text is not base64url, as the end of a sentence.
std::string why_malformed(std::string_view text) {
  if (text.find_first_of("+/") != text.npos) return "plain base64 (+ and /), not base64url";
  if (text.ends_with('=')) return "padded with =, which base64url in a JWK is not";
  return "not base64url";
}

// The members of a JWK that hold bytes, and what is wrong with the first that isn't right.
class Members {
 public:
  explicit Members(const Json::Value& jwk) : jwk_(jwk) {}

  // Empty after a fault. `size`: what it must have, where that is known.
  std::string bytes(const char* member, std::size_t size = 0) {
    if (!jwk_[member].isString()) {
      return fault(member, jwk_[member].isNull() ? "missing" : "malformed: it is no string");
    }
    const std::string text = text_member(jwk_, member);
    auto bytes = from_base64url(text);
    if (!bytes) return fault(member, "malformed: it is " + why_malformed(text));
    if (bytes->empty()) return fault(member, "empty");
    if (size == 0 || bytes->size() == size) return std::move(*bytes);
    const std::string counted = std::to_string(bytes->size()) + " bytes in place of ";
    return fault(member, (bytes->size() < size ? "too short: " : "too long: ") + counted +
                             std::to_string(size));
  }

  std::string fault(const std::string& member, const std::string& what) {
    if (fault_.empty()) fault_ = '`' + member + "` is " + what;
    return {};
  }
  [[nodiscard]] const std::string& first_fault() const { return fault_; }

 private:
  const Json::Value& jwk_;
  std::string fault_;
};

Number number(const std::string& bytes) {
  return Number{BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                          static_cast<int>(bytes.size()), nullptr)};
}

EVP_PKEY* pair_from(const char* kind, OSSL_PARAM* params) {
  const KeyContext context{EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr)};
  EVP_PKEY* pair = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) == 1) {
    EVP_PKEY_fromdata(context.get(), &pair, EVP_PKEY_PUBLIC_KEY, params);
  }
  ERR_clear_error();
  return pair;
}

// All three: null after a fault.
EVP_PKEY* rsa_from(Members& members) {
  const Number modulus = number(members.bytes("n"));
  const Number exponent = number(members.bytes("e"));
  if (!members.first_fault().empty()) return nullptr;
  const ParamBuilder builder{OSSL_PARAM_BLD_new()};
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  const Params params{OSSL_PARAM_BLD_to_param(builder.get())};
  return pair_from("RSA", params.get());
}

EVP_PKEY* ec_from(Members& members, bool small) {
  const std::size_t half = small ? 32 : 48;
  const std::string x = members.bytes("x", half);
  const std::string y = members.bytes("y", half);
  if (!members.first_fault().empty()) return nullptr;
  const std::string point = '\x04' + x + y;
  const ParamBuilder builder{OSSL_PARAM_BLD_new()};
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                  small ? "prime256v1" : "secp384r1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  const Params params{OSSL_PARAM_BLD_to_param(builder.get())};
  return pair_from("EC", params.get());
}

EVP_PKEY* okp_from(Members& members) {
  const std::string x = members.bytes("x", 32);
  if (x.empty()) return nullptr;
  return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                     reinterpret_cast<const unsigned char*>(x.data()), x.size());
}

}  // namespace

std::string other_purpose(const Json::Value& jwk, Algorithm algorithm) {
  const auto has = [&](const char* member) {
    const std::string value = text_member(jwk, member);
    return std::string("has ") + (value.empty() ? "no text as" : base::log_value(value) + " as") +
           " `" + member + '`';
  };
  if (text_member(jwk, "kty") != key_type(algorithm)) return has("kty");
  const std::string_view curve = curve_for(algorithm);
  if (!curve.empty() && text_member(jwk, "crv") != curve) return has("crv");
  if (jwk.isMember("alg") && jwk["alg"] != std::string(name(algorithm))) return has("alg");
  if (jwk.isMember("use") && jwk["use"] != "sig") return has("use");
  return may_verify(jwk["key_ops"]) ? "" : "has `key_ops` without verify";
}

base::Result<Key> Key::from_jwk(const Json::Value& jwk, Algorithm algorithm) {
  if (!jwk.isObject()) return no_jwk("it is no JSON object");
  if (const std::string why = other_purpose(jwk, algorithm); !why.empty()) {
    return no_jwk("it is not for " + std::string(name(algorithm)) + " signatures: it " + why);
  }
  Members members(jwk);
  base::Result<Key> key = no_jwk("its members make no key");
  if (is_hmac(algorithm)) {
    std::string secret = members.bytes("k");
    if (secret.size() >= least_secret_size(algorithm)) {
      key = from_secret(secret, algorithm);
    } else {
      members.fault("k", "too short");
    }
    wipe(secret);
  } else {
    const std::string_view type = key_type(algorithm);
    EVP_PKEY* const pair = type == "RSA"  ? rsa_from(members)
                           : type == "EC" ? ec_from(members, algorithm == Algorithm::es256)
                                          : okp_from(members);
    if (pair != nullptr) key = from_pair(pair, algorithm);
  }
  if (!members.first_fault().empty()) return no_jwk(members.first_fault());
  if (key) key->id_ = text_member(jwk, "kid");
  return key;
}

}  // namespace roomkey::crypto
