#include "roomkey/crypto/secret_form.hpp"

#include <string>

#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::crypto {

namespace {

// A SEQUENCE of just that many bytes, as certificates and keys are (X.690 section 8.1.3).
bool is_der(std::string_view bytes) {
  constexpr std::size_t kHeader = 4;
  if (bytes.size() <= kHeader || !bytes.starts_with("\x30\x82")) return false;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  return bytes.size() == kHeader + (std::size_t{byte(2)} << 8U | byte(3));
}

// In either alphabet, wrapped or not, padded or not.
bool is_der_in_base64(std::string_view text) {
  if (!text.starts_with("MI")) return false;
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
