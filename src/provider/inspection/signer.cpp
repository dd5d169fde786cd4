// Whose secret made a signature, and in which spelling.
#include <algorithm>
#include <array>
#include <functional>

#include "roomkey/base/text.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/provider/all.hpp"
#include "roomkey/provider/inspection.hpp"

namespace roomkey::provider::inspection {

namespace {

using crypto::Algorithm;

constexpr std::string_view kBlanks = " \t\r\n";

// As lenient decoders do: either alphabet, padded or not, bits that are left over dropped.
std::string from_base64(std::string_view text) {
  std::string plain(text.substr(0, text.find_last_not_of("= \t\r\n") + 1));
  for (char& c : plain) c = c == '+' ? '-' : c == '/' ? '_' : c;
  const std::size_t size = plain.size() * 3 / 4;
  plain.append((4 - plain.size() % 4) % 4, 'A');
  auto bytes = crypto::from_base64url(plain).value_or("");
  crypto::wipe(plain);
  bytes.resize(std::min(bytes.size(), size));
  return bytes;
}

int digit_of(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto at = kDigits.find(lower);
  return at == kDigits.npos ? -1 : static_cast<int>(at);
}

std::string from_hex(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(kBlanks) + 1);
  std::string bytes;
  if (text.size() % 2 != 0) return bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const int high = digit_of(text[at]);
    const int low = digit_of(text[at + 1]);
    if (high < 0 || low < 0) return {};
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string without_padding(std::string text) {
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

std::string padded(std::string text) {
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string bare(std::string_view secret) {
  constexpr std::string_view kAround = " \t\r\n\"'";
  const auto first = secret.find_first_not_of(kAround);
  if (first == secret.npos) return {};
  return std::string(secret.substr(first, secret.find_last_not_of(kAround) - first + 1));
}

// What others make of a secret: `before` and `behind` name it around its variable.
struct Spelling {
  std::string bytes;
  const char* before;
  const char* behind;
};

std::vector<Spelling> spellings_of(std::string_view secret) {
  const std::string text(secret);
  return {{text + '\n', "", " with a line break behind it"},
          {text + "\r\n", "", " with a line break behind it"},
          {text + ' ', "", " with a blank behind it"},
          {'"' + text + '"', "", " with quotes around it"},
          {'\'' + text + '\'', "", " with quotes around it"},
          {bare(secret), "", " without the blanks or quotes around it"},
          {from_hex(secret), "the hex-decoded value of ", ""},
          {from_base64(secret), "the base64-decoded value of ", ""},
          {crypto::base64(secret), "", " in base64"},
          {without_padding(crypto::base64(secret)), "", " in base64 without padding"},
          {crypto::base64url(secret), "", " in base64url"},
          {padded(crypto::base64url(secret)), "", " in base64url with padding"},
          {crypto::to_hex(secret), "", " in hexadecimal"},
          {upper(crypto::to_hex(secret)), "", " in hexadecimal (capitals)"}};
}

}  // namespace

bool signed_with(const Token& token, const crypto::Key& key) {
  return token.signature && key.verify(token.signed_part, *token.signature);
}

bool signed_with(const Token& token, std::string_view secret) {
  return signed_with(token, secret, Algorithm::hs256);
}

bool signed_with(const Token& token, std::string_view secret, Algorithm algorithm) {
  if (secret.empty()) return false;
  const auto key = crypto::is_hmac(algorithm) ? crypto::Key::from_secret(secret, algorithm)
                                              : crypto::Key::from_pem(secret, algorithm);
  return key && signed_with(token, *key);
}

bool signed_by_login(const Inquiry& inquiry) {
  if (inquiry.login == nullptr) return false;
  const auto& keys = inquiry.login->keys.keys;
  return std::any_of(keys.begin(), keys.end(),
                     [&](const crypto::Key& key) { return signed_with(inquiry.token, key); });
}

std::string respelt(const Token& token, const crypto::Secret& secret, const std::string& variable,
                    Algorithm algorithm) {
  if (secret.empty()) return {};
  std::string name;
  for (auto& [bytes, before, behind] : spellings_of(secret.reveal())) {
    if (name.empty() && signed_with(token, bytes, algorithm)) name = before + variable + behind;
    crypto::wipe(bytes);
  }
  return name;
}

std::string other_signer(const Inquiry& inquiry, const crypto::Secret& secret,
                         const std::string& variable) {
  if (const auto name = respelt(inquiry.token, secret, variable, Algorithm::hs256); !name.empty()) {
    return " It was made with " + name + '.';
  }
  for (const auto* const kind : all()) {
    for (const auto& [name, value, algorithm] : kind->signers(inquiry.settings)) {
      if (signed_with(inquiry.token, value, algorithm)) {
        return std::string(" It was made with ") + name + " instead.";
      }
    }
  }
  return signed_by_login(inquiry) ? " It was made with the key of the clinic's login instead." : "";
}

}  // namespace roomkey::provider::inspection
