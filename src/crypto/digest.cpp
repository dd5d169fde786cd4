#include "roomkey/crypto/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <stdexcept>

#include "crypto/openssl_handles.hpp"

namespace roomkey::crypto {

std::string to_hex(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kHex[byte >> 4], kHex[byte & 15]};
  }
  return text;
}

std::string random_bytes(std::size_t bytes) {
  std::string random(bytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes)) != 1) {
    throw std::runtime_error("no random bytes to be had");
  }
  return random;
}

std::string random_hex(std::size_t bytes) { return to_hex(random_bytes(bytes)); }

std::string sha256(std::string_view bytes) {
  static const DigestContext context{EVP_MD_CTX_new()};
  std::string digest(32, '\0');
  auto* out = reinterpret_cast<unsigned char*>(digest.data());
  if (EVP_DigestInit_ex2(context.get(), fetched_digest("SHA256"), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), out, nullptr) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
  return digest;
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (EVP_DigestInit_ex2(context_.get(), fetched_digest("SHA256"), nullptr) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
}

void Sha256::add(std::string_view part) {
  if (EVP_DigestUpdate(context_.get(), part.data(), part.size()) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
}

std::string Sha256::finish() {
  std::string digest(32, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(digest.data());
  if (EVP_DigestFinal_ex(context_.get(), out, nullptr) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
  return digest;
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.empty() ? "" : text.data());
}

// Without a key: fetched once per process, as digests are.
EVP_MAC_CTX* keyless_hmac_sha1() {
  MacContext context{EVP_MAC_CTX_new(EVP_MAC_fetch(nullptr, "HMAC", nullptr))};
  std::string digest = "SHA1";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  if (EVP_MAC_CTX_set_params(context.get(), params) != 1) {
    throw std::runtime_error("HMAC-SHA1 can't be set up");
  }
  return context.release();
}

}  // namespace

std::string hmac_sha1(std::string_view key, std::string_view message) {
  static const EVP_MAC_CTX* const keyless = keyless_hmac_sha1();
  const MacContext context{EVP_MAC_CTX_dup(keyless)};
  std::string mac(20, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(mac.data());
  std::size_t size = 0;
  if (EVP_MAC_init(context.get(), bytes_of(key), key.size(), nullptr) != 1 ||
      EVP_MAC_update(context.get(), bytes_of(message), message.size()) != 1 ||
      EVP_MAC_final(context.get(), out, &size, mac.size()) != 1 || size != mac.size()) {
    throw std::runtime_error("HMAC-SHA1 failed");
  }
  return mac;
}

}  // namespace roomkey::crypto
