#include "roomkey/crypto/key.hpp"

#include "made_keys.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::crypto;
using namespace roomkey::test;
using roomkey::base::Code;
using namespace std::string_view_literals;

TEST(each_algorithm_has_its_name_and_no_other) {
  std::string names;
  for (const auto algorithm : kAlgorithms) {
    names += std::string(name(algorithm)) + ' ';
    same(std::optional(algorithm), parse_algorithm(name(algorithm)));
    same(name(algorithm).starts_with("HS"), is_hmac(algorithm), name(algorithm));
  }
  same("HS256 HS384 HS512 RS256 RS384 RS512 ES256 ES384 EdDSA ", names);
  for (const auto other : {"", "none", "hs256", "HS256 ", "PS256", "ES512", "ES256K", "Ed25519"}) {
    expect(!parse_algorithm(other), other);
  }
}

TEST(signs_and_verifies_with_every_algorithm) {
  for (const auto algorithm : kAlgorithms) {
    const Key signer = signing_key(algorithm);
    const Key verifier = verifying_key(algorithm);
    same(name(algorithm), name(verifier.algorithm()));
    for (const auto message : {""sv, "message"sv, "with\0nul"sv}) {
      const std::string signature = signer.sign(message);
      expect(verifier.verify(message, signature), name(algorithm));
      expect(verifier.verify(message, signature), "a second time");
      expect(!verifier.verify("another", signature), name(algorithm));
    }
  }
}

TEST(refuses_a_signature_with_any_bit_flipped) {
  for (const auto algorithm : {Algorithm::hs256, Algorithm::es256, Algorithm::eddsa}) {
    const Key key = signing_key(algorithm);
    const std::string right = key.sign("message");
    for (std::size_t bit = 0; bit < right.size() * 8; ++bit) {
      std::string wrong = right;
      wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
      expect(!key.verify("message", wrong), name(algorithm));
    }
  }
}

TEST(refuses_a_signature_of_another_size) {
  for (const auto algorithm : kAlgorithms) {
    const Key key = signing_key(algorithm);
    const std::string right = key.sign("message");
    expect(!key.verify("message", ""), name(algorithm));
    expect(!key.verify("message", right.substr(1)), name(algorithm));
    expect(!key.verify("message", right.substr(0, right.size() - 1)), name(algorithm));
    expect(!key.verify("message", right + '\0'), name(algorithm));
    expect(!key.verify("message", '\0' + right), name(algorithm));
    expect(!key.verify("message", std::string(right.size(), '\0')), name(algorithm));
  }
}

TEST(an_ecdsa_signature_is_r_and_s_side_by_side) {
  same(64, signing_key(Algorithm::es256).sign("message").size());
  same(96, signing_key(Algorithm::es384).sign("message").size());
}

TEST(a_key_of_one_algorithm_does_not_verify_another) {
  const Key rs256 = verifying_key(Algorithm::rs256);
  expect(!rs256.verify("message", signing_key(Algorithm::rs512).sign("message")));
  const Key hs256 = verifying_key(Algorithm::hs256);
  expect(!hs256.verify("message", signing_key(Algorithm::hs512).sign("message")));
}

TEST(a_public_key_cannot_sign) {
  for (const auto algorithm : {Algorithm::rs256, Algorithm::es256, Algorithm::eddsa}) {
    const Key key = verifying_key(algorithm);
    throws<std::logic_error>([&] { static_cast<void>(key.sign("message")); }, name(algorithm));
  }
}

TEST(a_secret_is_for_hmac_alone_and_never_empty) {
  refused(Code::invalid_token, Key::from_secret("", Algorithm::hs256));
  for (const auto algorithm : kAlgorithms) {
    if (!is_hmac(algorithm)) refused(Code::invalid_token, Key::from_secret(kSecret, algorithm));
  }
  const Key with_nul = accepted(Key::from_secret("a\0b"sv, Algorithm::hs256));
  const Key cut = accepted(Key::from_secret("a", Algorithm::hs256));
  expect(!cut.verify("message", with_nul.sign("message")), "the secret ends at NUL");
}

TEST(refuses_a_pem_key_of_another_kind) {
  struct Case {
    const char* kind;
    Algorithm algorithm;
  };
  for (const auto& [kind, algorithm] :
       {Case{"RSA-2048", Algorithm::es256}, Case{"RSA-2048", Algorithm::eddsa},
        Case{"RSA-2048", Algorithm::hs256}, Case{"RSA-1024", Algorithm::rs256},
        Case{"RSA-PSS", Algorithm::rs256}, Case{"P-256", Algorithm::rs256},
        Case{"P-256", Algorithm::es384}, Case{"P-384", Algorithm::es256},
        Case{"P-521", Algorithm::es256}, Case{"secp256k1", Algorithm::es256},
        Case{"P-256", Algorithm::eddsa}, Case{"ED25519", Algorithm::es256},
        Case{"ED448", Algorithm::eddsa}}) {
    for (const auto& pem : {made_key(kind).public_pem, made_key(kind).private_pem}) {
      const auto why = refused(Code::invalid_token, Key::from_pem(pem, algorithm), kind);
      expect(!why.empty() && !contains(why, pem.substr(40, 20)), why);
    }
  }
}

TEST(refuses_text_that_holds_no_pem_key) {
  const std::string& pem = made_key("P-256").public_pem;
  const std::string broken = pem.substr(0, 60) + "AAAA" + pem.substr(64);
  for (const std::string& text :
       {std::string(), std::string("secret"), pem.substr(0, pem.size() / 2), broken,
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        std::string(1000, '\0')}) {
    refused(Code::invalid_token, Key::from_pem(text, Algorithm::es256), text);
  }
}

// Without a passphrase and without asking for one on the terminal.
TEST(refuses_an_encrypted_private_key) {
  const std::string& pem = made_key("P-256").private_pem;
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* pair = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  BIO* out = BIO_new(BIO_s_mem());
  unsigned char passphrase[] = "hunter2";
  PEM_write_bio_PrivateKey(out, pair, EVP_aes_128_cbc(), passphrase, 7, nullptr, nullptr);
  EVP_PKEY_free(pair);
  BIO_free(in);
  const std::string encrypted = text_of(out);
  expect(contains(encrypted, "ENCRYPTED"));
  refused(Code::invalid_token, Key::from_pem(encrypted, Algorithm::es256));
}

TEST(takes_text_around_a_pem_key) {
  accepted(Key::from_pem("the login's key:\n" + made_key("P-256").public_pem + "\n# end\n",
                         Algorithm::es256));
}

}  // namespace
