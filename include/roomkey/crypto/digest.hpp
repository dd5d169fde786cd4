#pragma once

#include <string>
#include <string_view>

namespace roomkey::crypto {

// `bytes` random bytes from OpenSSL's generator, as lower-case hexadecimal digits. Throws
// std::runtime_error where the machine has no randomness.
[[nodiscard]] std::string random_hex(std::size_t bytes);

// SHA-256 (FIPS 180-4), 32 bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);

[[nodiscard]] std::string to_hex(std::string_view bytes);

}  // namespace roomkey::crypto
