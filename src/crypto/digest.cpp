#include "roomkey/crypto/digest.hpp"

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

std::string hmac_sha1(std::string_view key, std::string_view message) {
  std::string mac(20, '\0');
  std::size_t size = 0;
  const auto* const text = reinterpret_cast<const unsigned char*>(message.data());
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA1", nullptr, key.data(), key.size(), text,
                message.size(), reinterpret_cast<unsigned char*>(mac.data()), mac.size(),
                &size) == nullptr ||
      size != mac.size()) {
    throw std::runtime_error("HMAC-SHA1 failed");
  }
  return mac;
}

}  // namespace roomkey::crypto
