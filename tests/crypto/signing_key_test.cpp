#include "roomkey/crypto/signing_key.hpp"

#include "crypto/made_keys.hpp"
#include "support/test.hpp"

namespace signing_key_test {

using namespace roomkey;
using namespace roomkey::test;
using crypto::Algorithm;
using crypto::signing_key;

void is_refused(const std::string& text, Algorithm algorithm, std::string_view words,
                test::Where where = test::here()) {
  const auto key = signing_key(text, algorithm);
  expect(!key.has_value(), "taken", where);
  expect(contains(key.error().detail, words), key.error().detail, where);
}

std::string replaced(std::string text, std::string_view old, std::string_view now) {
  for (auto at = text.find(old); at != text.npos; at = text.find(old, at + now.size())) {
    text.replace(at, old.size(), now);
  }
  return text;
}

TEST(a_secret_and_a_private_key_sign) {
  accepted(signing_key("secret", Algorithm::hs256));
  for (const auto& [kind, algorithm] :
       {std::pair{"RSA-2048", Algorithm::rs256}, std::pair{"P-256", Algorithm::es256},
        std::pair{"ED25519", Algorithm::eddsa}}) {
    const auto& made = made_key(kind);
    const auto key = accepted(signing_key(made.private_pem, algorithm), kind);
    expect(key.verify("text", key.sign("text")), kind);
    expect(!accepted(crypto::Key::from_pem(made.public_pem, algorithm)).can_sign(), kind);
  }
}

TEST(what_can_not_sign_is_named) {
  const auto& made = made_key("RSA-2048");
  is_refused("", Algorithm::hs256, "is empty");
  is_refused(made.private_pem, Algorithm::hs256, "is a PEM file");
  is_refused("a secret", Algorithm::rs256, "is no PEM file");
  is_refused(made.public_pem, Algorithm::rs256, "is a public key");
  is_refused(made.public_pem + made.private_pem, Algorithm::rs256, "before its private one");
  is_refused(made_key("P-256").private_pem, Algorithm::rs256, "it is EC (P-256), not RSA");
  is_refused(made_key("RSA-1024").private_pem, Algorithm::rs256, "too short");
  is_refused(replaced(made.private_pem, "\n", "\\n"), Algorithm::rs256, "has \\n where");
  is_refused(replaced(made.private_pem, "\n", " "), Algorithm::rs256, "lost its line breaks");
  is_refused(replaced(made.private_pem, "PRIVATE", "ENCRYPTED PRIVATE"), Algorithm::rs256,
             "is encrypted");
  is_refused(replaced(made.private_pem, "PRIVATE", "OPENSSH PRIVATE"), Algorithm::rs256,
             "ssh-keygen");
  is_refused(replaced(made.public_pem, "PUBLIC KEY", "CERTIFICATE"), Algorithm::rs256,
             "is a certificate");
  is_refused(made.private_pem.substr(0, 300) + '\n', Algorithm::rs256, "can't be used");
}

}  // namespace signing_key_test
