#include "roomkey/crypto/secret_form.hpp"

#include <string>

#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::crypto {

namespace {

// A SEQUENCE of just as many bytes as there are, which begins with another or with a version, as
// certificates and keys do (X.690 section 8.1.3, RFC 5280, RFC 5958).
bool is_der(std::string_view bytes) {
  if (bytes.size() < 4 || bytes.front() != 0x30) return false;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  const std::size_t more = byte(1) == 0x82 ? 2 : byte(1) == 0x81 ? 1 : 0;
  const std::size_t size = more == 2   ? std::size_t{byte(2)} << 8U | byte(3)
                           : more == 1 ? byte(2)
                                       : byte(1);
  const std::string_view content = bytes.substr(2 + more);
  return content.size() == size && (content.starts_with('\x30') || content.starts_with("\x02\x01"));
}

// In either alphabet, wrapped or not, padded or not.
bool is_der_in_base64(std::string_view text) {
  if (!text.starts_with('M')) return false;  // 0x30
  std::string plain;
  plain.reserve(text.size());
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '=') continue;
    plain += c == '+' ? '-' : c == '/' ? '_' : c;
  }
  auto bytes = from_base64url(plain).value_or("");
  const bool is_one = is_der(bytes);
  wipe(plain);
  wipe(bytes);
  return is_one;
}

bool is_jwk(std::string_view text) {
  const auto object = base::parse_json_object(text);
  return object && (object->isMember("kty") || object->isMember("keys"));
}

}  // namespace

std::string_view no_secret(std::string_view value) {
  if (value.find("-----BEGIN ") != value.npos) return "a PEM file";
  if (is_der(value) || is_der_in_base64(value)) return "a certificate or key";
  if (is_jwk(value)) return "a JWK";
  return {};
}

}  // namespace roomkey::crypto
