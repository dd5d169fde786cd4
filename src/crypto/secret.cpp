#include "roomkey/crypto/secret.hpp"

#include <openssl/crypto.h>

#include <cstring>
#include <utility>

namespace roomkey::crypto {

Secret::Secret(std::string_view bytes)
    : bytes_(std::make_unique<char[]>(bytes.size())), size_(bytes.size()) {
  if (!bytes.empty()) std::memcpy(bytes_.get(), bytes.data(), bytes.size());
}

Secret::~Secret() {
  if (bytes_) wipe(bytes_.get(), size_);
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  std::swap(size_, other.size_);
  return *this;
}

void wipe(void* memory, std::size_t size) { OPENSSL_cleanse(memory, size); }

void wipe(std::string& text) {
  wipe(text.data(), text.size());
  text.clear();
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace roomkey::crypto
