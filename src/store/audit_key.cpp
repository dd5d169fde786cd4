#include "roomkey/store/audit_key.hpp"

#include <algorithm>

#include "roomkey/base/ascii.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::store {

namespace {

constexpr std::size_t kBytes = 32;
constexpr std::string_view kHexDigits = "0123456789abcdef";

std::size_t digit(char c) {
  return kHexDigits.find(base::is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c);
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() != 2 * kBytes) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = digit(text[i]), low = digit(text[i + 1]);
    if (high == kHexDigits.npos || low == kHexDigits.npos) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string url(text.substr(0, text.find_last_not_of('=') + 1));
  std::replace(url.begin(), url.end(), '+', '-');
  std::replace(url.begin(), url.end(), '/', '_');
  auto bytes = crypto::from_base64url(url);
  crypto::wipe(url);
  if (bytes && bytes->size() != kBytes) bytes.reset();
  return bytes;
}

}  // namespace

std::optional<AuditKey> read_audit_key(std::string_view text) {
  auto bytes = from_hex(text);
  if (!bytes) bytes = from_base64(text);
  if (!bytes) return std::nullopt;
  auto key = crypto::Key::from_secret(*bytes, crypto::Algorithm::hs256);
  crypto::wipe(*bytes);
  // Not of the key itself: its digest must not be good for anything else.
  std::string id = crypto::to_hex(key.value().sign("roomkey audit key")).substr(0, 16);
  return AuditKey{std::move(key).value(), std::move(id)};
}

}  // namespace roomkey::store
