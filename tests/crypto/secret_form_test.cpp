#include "roomkey/crypto/secret_form.hpp"

#include "crypto/made_keys.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "support/certificate.hpp"
#include "support/test.hpp"

namespace secret_form_test {

using namespace roomkey;
using namespace roomkey::test;
using crypto::no_secret;

// What stands between the lines of a PEM, with its line ends or without.
std::string body_of(const std::string& pem, bool wrapped) {
  const auto begin = pem.find('\n') + 1;
  std::string body = pem.substr(begin, pem.rfind("-----END") - begin);
  if (!wrapped) std::erase(body, '\n');
  return body;
}

std::string der_of(std::string body) {
  std::erase(body, '=');
  for (char& c : body) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return crypto::from_base64url(body).value();
}

TEST(keys_and_certificates_are_no_secrets_however_they_are_spelt) {
  const test::Certificate made("login.example", 90);
  for (const std::string& pem :
       {made_key("RSA-2048").public_pem, made_key("RSA-2048").private_pem, content_of(made.pem),
        made_key("P-256").public_pem, made_key("ED25519").public_pem}) {
    same("a PEM file", no_secret(pem));
    same("a PEM file", no_secret("# the login's\n" + pem));
    for (const std::string& bare :
         {body_of(pem, true), body_of(pem, false), der_of(body_of(pem, false))}) {
      same("a certificate or key", no_secret(bare));
    }
  }
}

TEST(jwks_are_no_secrets) {
  for (const char* const json : {R"({"kty":"oct","k":"c2VjcmV0"})", R"({"keys":[]})",
                                 R"( {"kty":"RSA","n":"x","e":"AQAB"} )"}) {
    same("a JWK", no_secret(json), json);
  }
}

TEST(what_only_looks_a_little_like_them_is_a_secret) {
  const std::string der = der_of(body_of(made_key("RSA-2048").public_pem, false));
  for (const std::string& secret :
       {std::string(), std::string("k"), std::string("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"),
        std::string("MI?"), std::string("{\"kt\":1}"), std::string("{"), std::string("-----BEGIN"),
        std::string("\x30\x82\x01"), '\x30' + std::string("\x1e") + std::string(30, 'k'), der + 'x',
        der.substr(1), crypto::base64url(der + 'x'), std::string(64, 'M')}) {
    same("", no_secret(secret), secret);
  }
}

}  // namespace secret_form_test
