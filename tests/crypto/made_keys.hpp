// Key pairs made by OpenSSL's own hand, as PEM; each kind once per run.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <map>
#include <stdexcept>
#include <string>

#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/key.hpp"
#include "support/clinic.hpp"

namespace roomkey::test {

struct MadeKey {
  std::string private_pem;
  std::string public_pem;
};

inline std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

inline MadeKey as_pem(EVP_PKEY* pair) {
  if (pair == nullptr) throw std::runtime_error("OpenSSL made no key");
  BIO* whole = BIO_new(BIO_s_mem());
  BIO* half = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(whole, pair, nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_PUBKEY(half, pair);
  EVP_PKEY_free(pair);
  return {text_of(whole), text_of(half)};
}

// "RSA-2048", "RSA-1024", "RSA-PSS", "P-256", "P-384", "P-521", "secp256k1", "ED25519", "ED448".
inline const MadeKey& made_key(const std::string& kind) {
  static std::map<std::string, MadeKey> made;
  const auto found = made.find(kind);
  if (found != made.end()) return found->second;
  EVP_PKEY* pair = nullptr;
  if (kind.starts_with("RSA-")) {
    const bool pss = kind == "RSA-PSS";
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, pss ? "RSA-PSS" : "RSA", nullptr);
    EVP_PKEY_keygen_init(context);
    EVP_PKEY_CTX_set_rsa_keygen_bits(context, pss ? 2048 : std::stoi(kind.substr(4)));
    EVP_PKEY_keygen(context, &pair);
    EVP_PKEY_CTX_free(context);
  } else if (kind.starts_with("ED")) {
    pair = EVP_PKEY_Q_keygen(nullptr, nullptr, kind.c_str());
  } else {
    pair = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kind.c_str());
  }
  return made.emplace(kind, as_pem(pair)).first->second;
}

// An RSA key's modulus in base64url.
inline std::string modulus_of(const std::string& kind) {
  const std::string& pem = made_key(kind).public_pem;
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* pair = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(pair, "n", &number);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  EVP_PKEY_free(pair);
  BIO_free(bio);
  return crypto::base64url(bytes);
}

// A pair that is right for the algorithm; not for HMAC.
inline const MadeKey& made_key(crypto::Algorithm algorithm) {
  switch (algorithm) {
    case crypto::Algorithm::es256: return made_key("P-256");
    case crypto::Algorithm::es384: return made_key("P-384");
    case crypto::Algorithm::eddsa: return made_key("ED25519");
    default: return made_key("RSA-2048");
  }
}

inline crypto::Key signing_key(crypto::Algorithm algorithm) {
  if (crypto::is_hmac(algorithm)) return crypto::Key::from_secret(kSecret, algorithm).value();
  return crypto::Key::from_pem(made_key(algorithm).private_pem, algorithm).value();
}

inline crypto::Key verifying_key(crypto::Algorithm algorithm) {
  if (crypto::is_hmac(algorithm)) return signing_key(algorithm);
  return crypto::Key::from_pem(made_key(algorithm).public_pem, algorithm).value();
}

inline crypto::KeySet key_set(crypto::Algorithm algorithm) {
  crypto::KeySet keys{algorithm, {}};
  keys.keys.push_back(verifying_key(algorithm));
  return keys;
}

inline constexpr crypto::Algorithm kAlgorithms[] = {
    crypto::Algorithm::hs256, crypto::Algorithm::hs384, crypto::Algorithm::hs512,
    crypto::Algorithm::rs256, crypto::Algorithm::rs384, crypto::Algorithm::rs512,
    crypto::Algorithm::es256, crypto::Algorithm::es384, crypto::Algorithm::eddsa};

}  // namespace roomkey::test
