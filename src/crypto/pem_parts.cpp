#include "crypto/pem_parts.hpp"

#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include <array>
#include <utility>

namespace roomkey::crypto {

namespace {

using Pkcs12 = std::unique_ptr<PKCS12, Freed<PKCS12_free>>;

const unsigned char* unsigned_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// What OpenSSL's d2i_* function makes of the whole of `der`; null where it is something else.
template <typename Made, typename Read>
Made from_der(Read read, std::string_view der) {
  const unsigned char* at = unsigned_bytes(der);
  Made made{read(&at, static_cast<long>(der.size()))};
  ERR_clear_error();
  return at == unsigned_bytes(der) + der.size() ? std::move(made) : Made{};
}

// What a text without any PEM is; empty where that can't be told.
std::string other_text(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 11> kBeginnings{
      {{"{", "JSON: ROOMKEY_JWT_JWKS_FILE takes a JWK set"},
       {"[", "JSON: ROOMKEY_JWT_JWKS_FILE takes a JWK set"},
       {"<", "HTML or XML, and no key"},
       {"ssh-ed25519 ",
        "an OpenSSH key of Ed25519, which ssh-keygen can't convert: take the key "
        "as PEM or JWK from what made it"},
       {"ssh-", "an OpenSSH key: ssh-keygen -e -m PKCS8 -f FILE > public.pem makes PEM of it"},
       {"ecdsa-sha2-",
        "an OpenSSH key: ssh-keygen -e -m PKCS8 -f FILE > public.pem makes PEM of "
        "it"},
       {"---- BEGIN SSH2 ",
        "an SSH2 key: ssh-keygen -i -f FILE > key.pub, and then ssh-keygen -e "
        "-m PKCS8 -f key.pub > public.pem make PEM of it"},
       {"PuTTY-User-Key-File",
        "a PuTTY key: puttygen FILE -O public-openssh -o key.pub, and then "
        "ssh-keygen -e -m PKCS8 -f key.pub > public.pem make PEM of it"},
       {"\xFF\xFE", "UTF-16: iconv -f UTF-16 -t UTF-8 FILE > public.pem makes plain text of it"},
       {"\xFE\xFF", "UTF-16: iconv -f UTF-16 -t UTF-8 FILE > public.pem makes plain text of it"},
       {"\xFE\xED\xFE\xED",
        "a Java key store: keytool -exportcert -rfc -keystore FILE -alias NAME "
        "> certificate.pem takes a certificate out of it"}}};
  for (const auto& [beginning, what] : kBeginnings) {
    if (text.starts_with(beginning)) return what;
  }
  return {};
}

// What a file in DER is, and what makes PEM of it; empty where it is something else.
std::string other_der(std::string_view text) {
  if (!text.starts_with('\x30')) return {};
  if (public_from(text)) {
    return "DER, not PEM: openssl pkey -pubin -inform DER -in FILE -out public.pem converts it";
  }
  if (certificate_from(text)) {
    return "a certificate in DER, not PEM: openssl x509 -inform DER -in FILE -out "
           "certificate.pem converts it";
  }
  if (pkcs1_from(text)) {
    return "an RSA key in DER, not PEM: openssl rsa -RSAPublicKey_in -inform DER -in FILE -pubout "
           "-out public.pem converts it";
  }
  if (private_from(text)) {
    return "a private key in DER: openssl pkey -inform DER -in FILE -pubout -out public.pem takes "
           "its public half";
  }
  if (from_der<Pkcs12>([](auto** at, long size) { return d2i_PKCS12(nullptr, at, size); }, text)) {
    return "PKCS #12: openssl pkcs12 -in FILE -clcerts -nokeys -out certificate.pem takes its "
           "certificate";
  }
  return "DER of an unknown kind, not PEM";
}

// The base64 of a public key alone, as Keycloak shows a realm's.
bool is_bare_base64(std::string_view text) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \r\n";
  return text.starts_with('M') && text.size() > 40 && text.find_first_not_of(kLetters) == text.npos;
}

}  // namespace

Pair public_from(std::string_view der) {
  return from_der<Pair>([](auto** at, long size) { return d2i_PUBKEY(nullptr, at, size); }, der);
}

Pair pkcs1_from(std::string_view der) {
  return from_der<Pair>(
      [](auto** at, long size) { return d2i_PublicKey(EVP_PKEY_RSA, nullptr, at, size); }, der);
}

Pair private_from(std::string_view der) {
  return from_der<Pair>([](auto** at, long size) { return d2i_AutoPrivateKey(nullptr, at, size); },
                        der);
}

X509Certificate certificate_from(std::string_view der) {
  return from_der<X509Certificate>(
      [](auto** at, long size) { return d2i_X509_AUX(nullptr, at, size); }, der);
}

std::string what_it_is(std::string_view text) {
  if (auto what = other_text(text); !what.empty()) return "the file holds " + what;
  if (auto what = other_der(text); !what.empty()) return "the file is " + what;
  if (is_bare_base64(text)) {
    return "the file holds a key's base64 alone: put a line -----BEGIN PUBLIC KEY----- before it "
           "and -----END PUBLIC KEY----- behind it";
  }
  if (text.find("\\n") != text.npos) {
    return "the key's line breaks are written as \\n: printf '%b' \"$(cat FILE)\" > public.pem "
           "makes them real";
  }
  if (text.find("-----BEGIN ") != text.npos) {
    return "the PEM key in it is damaged: -----BEGIN and -----END must stand at the beginning of "
           "lines of their own, with nothing but base64 between them";
  }
  return "no PEM key in it (-----BEGIN PUBLIC KEY-----)";
}

}  // namespace roomkey::crypto
