#include <openssl/core_names.h>
#include <openssl/err.h>

#include <algorithm>
#include <set>

#include "openssl_handles.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/jws.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::crypto {

namespace {

base::Error refused(std::string why) { return {base::Code::invalid_token, std::move(why)}; }

std::string text_member(const Json::Value& jwk, const char* key) {
  return base::string_member(jwk, key).value_or("");
}

std::string_view key_type(Algorithm algorithm) {
  if (is_hmac(algorithm)) return "oct";
  if (algorithm == Algorithm::eddsa) return "OKP";
  return algorithm == Algorithm::es256 || algorithm == Algorithm::es384 ? "EC" : "RSA";
}

// True where the JWK says that it is for verifying this algorithm's signatures, or doesn't say.
bool meant_for(const Json::Value& jwk, Algorithm algorithm) {
  const Json::Value& operations = jwk["key_ops"];
  const bool may_verify =
      operations.isNull() ||
      (operations.isArray() && std::any_of(operations.begin(), operations.end(),
                                           [](const Json::Value& o) { return o == "verify"; }));
  return text_member(jwk, "kty") == key_type(algorithm) &&
         (!jwk.isMember("alg") || jwk["alg"] == std::string(name(algorithm))) &&
         (!jwk.isMember("use") || jwk["use"] == "sig") && may_verify;
}

std::size_t least_secret_size(Algorithm algorithm) {
  return algorithm == Algorithm::hs256 ? 32 : algorithm == Algorithm::hs384 ? 48 : 64;
}

// A member in base64url; empty where it is missing or malformed.
std::string bytes_member(const Json::Value& jwk, const char* key) {
  return from_base64url(text_member(jwk, key)).value_or("");
}

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

EVP_PKEY* rsa_from(const Json::Value& jwk) {
  const Number modulus = number(bytes_member(jwk, "n"));
  const Number exponent = number(bytes_member(jwk, "e"));
  const ParamBuilder builder{OSSL_PARAM_BLD_new()};
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  const Params params{OSSL_PARAM_BLD_to_param(builder.get())};
  return pair_from("RSA", params.get());
}

EVP_PKEY* ec_from(const Json::Value& jwk) {
  const bool small = text_member(jwk, "crv") == "P-256";
  if (!small && text_member(jwk, "crv") != "P-384") return nullptr;
  const std::string x = bytes_member(jwk, "x");
  const std::string y = bytes_member(jwk, "y");
  const std::size_t half = small ? 32 : 48;
  if (x.size() != half || y.size() != half) return nullptr;
  const std::string point = '\x04' + x + y;
  const ParamBuilder builder{OSSL_PARAM_BLD_new()};
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                  small ? "prime256v1" : "secp384r1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  const Params params{OSSL_PARAM_BLD_to_param(builder.get())};
  return pair_from("EC", params.get());
}

EVP_PKEY* okp_from(const Json::Value& jwk) {
  const std::string x = bytes_member(jwk, "x");
  if (text_member(jwk, "crv") != "Ed25519" || x.size() != 32) return nullptr;
  return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr,
                                     reinterpret_cast<const unsigned char*>(x.data()), x.size());
}

}  // namespace

base::Result<Key> Key::from_jwk(const Json::Value& jwk, Algorithm algorithm) {
  if (!jwk.isObject()) return refused("a JWK must be an object");
  if (!meant_for(jwk, algorithm)) {
    return refused("the JWK is not for " + std::string(name(algorithm)) + " signatures");
  }
  base::Result<Key> key = refused("the JWK's members are missing or malformed");
  if (is_hmac(algorithm)) {
    std::string secret = bytes_member(jwk, "k");
    if (secret.size() < least_secret_size(algorithm)) return refused("the JWK is too short");
    key = from_secret(secret, algorithm);
    wipe(secret);
  } else {
    const auto type = key_type(algorithm);
    EVP_PKEY* pair = type == "RSA" ? rsa_from(jwk) : type == "EC" ? ec_from(jwk) : okp_from(jwk);
    if (pair != nullptr) key = from_pair(pair, algorithm);
  }
  if (key) key->id_ = text_member(jwk, "kid");
  return key;
}

base::Result<KeySet> key_set_from_jwks(std::string_view json, Algorithm algorithm) {
  const auto set = base::parse_json_object(json);
  if (!set) return refused("the JWK set is " + set.error().detail);
  const Json::Value& listed = (*set)["keys"];
  if (!listed.isArray()) return refused("the JWK set has no array `keys`");
  KeySet keys{algorithm, {}};
  std::set<std::string> ids;
  base::Error last =
      refused("the JWK set has no key for " + std::string(name(algorithm)) + " signatures");
  for (const Json::Value& jwk : listed) {
    // RFC 7517 section 5: keys of unknown types, for other uses, with members that are missing or
    // out of range are passed over.
    if (!jwk.isObject() || !meant_for(jwk, algorithm)) continue;
    const std::string id = text_member(jwk, "kid");
    if (!id.empty() && !ids.insert(id).second) {
      return refused("two keys of the JWK set share one `kid`");
    }
    auto key = Key::from_jwk(jwk, algorithm);
    if (!key) {
      last = key.error();
      continue;
    }
    keys.keys.push_back(std::move(*key));
  }
  if (keys.keys.empty()) return last;
  return keys;
}

}  // namespace roomkey::crypto
