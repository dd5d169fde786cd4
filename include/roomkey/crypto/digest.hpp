#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace roomkey::crypto {

// From OpenSSL's generator. Throws std::runtime_error where the machine has no randomness.
[[nodiscard]] std::string random_bytes(std::size_t bytes);
// The same as lower-case hexadecimal digits.
[[nodiscard]] std::string random_hex(std::size_t bytes);

// SHA-256 (FIPS 180-4), 32 bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);

// The same of what comes in parts.
class Sha256 {
 public:
  Sha256();
  void add(std::string_view part);
  // Once, at the end.
  [[nodiscard]] std::string finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// HMAC (RFC 2104) with SHA-1, 20 bytes: for the signatures of requests that others sign so, and
// nothing else.
[[nodiscard]] std::string hmac_sha1(std::string_view key, std::string_view message);

[[nodiscard]] std::string to_hex(std::string_view bytes);

}  // namespace roomkey::crypto
