#include "roomkey/crypto/signing_key.hpp"

#include "crypto/refused.hpp"
#include "roomkey/crypto/secret_form.hpp"

namespace roomkey::crypto {

namespace {

constexpr std::string_view kBegin = "-----BEGIN ";

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// What a PEM is that has no private key to sign with; empty where it may have one.
std::string_view no_private_key(std::string_view pem) {
  if (!has(pem, kBegin)) return "is no PEM file: it has no line -----BEGIN PRIVATE KEY-----";
  if (has(pem, "\\n")) return "has \\n where its line breaks were: give it as a file instead";
  if (!has(pem, "\n")) return "has lost its line breaks: give it as a file instead";
  if (has(pem, "ENCRYPTED")) {
    return "is encrypted with a password: openssl pkey -in FILE -out plain.pem takes it off";
  }
  if (has(pem, "BEGIN OPENSSH PRIVATE KEY")) {
    return "is in OpenSSH's own form: ssh-keygen -p -m PKCS8 -f FILE makes PEM of it";
  }
  if (has(pem, "PRIVATE KEY-----")) return {};
  if (has(pem, "BEGIN CERTIFICATE"))
    return "is a certificate: tokens are signed by its private key";
  if (has(pem, "PUBLIC KEY-----")) return "is a public key: tokens are signed by its private half";
  return {};
}

base::Result<Key> private_key(std::string_view pem, Algorithm algorithm) {
  if (const auto why = no_private_key(pem); !why.empty()) return refused(std::string(why));
  auto key = Key::from_pem(pem, algorithm);
  if (!key) return refused("can't be used: " + key.error().detail);
  if (!key->can_sign()) return refused("has a public key before its private one: leave that alone");
  return key;
}

}  // namespace

base::Result<Key> signing_key(std::string_view text, Algorithm algorithm) {
  if (!is_hmac(algorithm)) return private_key(text, algorithm);
  if (text.empty()) return refused("is empty");
  if (const auto form = no_secret(text); !form.empty()) {
    return refused("is " + std::string(form) + ", and " + std::string(name(algorithm)) +
                   " signs with a secret that nobody else has");
  }
  return Key::from_secret(text, algorithm);
}

}  // namespace roomkey::crypto
