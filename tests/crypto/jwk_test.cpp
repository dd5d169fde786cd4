#include "made_keys.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/jws.hpp"
#include "support/test.hpp"

namespace jwk_test {

using namespace roomkey::crypto;
using namespace roomkey::test;
using roomkey::base::Code;

// The key of RFC 7515 appendix A.3.
constexpr std::string_view kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

std::string oct(std::size_t size, const std::string& more = "") {
  return R"({"kty":"oct","k":")" + base64url(std::string(size, 'k')) + '"' + more + '}';
}

std::string ec(std::string_view x = kX, std::string_view y = kY, const std::string& more = "",
               const std::string& curve = "P-256") {
  return R"({"kty":"EC","crv":")" + curve + R"(","x":")" + std::string(x) + R"(","y":")" +
         std::string(y) + '"' + more + '}';
}

std::string rsa(const std::string& n, const std::string& e) {
  return R"({"kty":"RSA","n":")" + n + R"(","e":")" + e + "\"}";
}

roomkey::base::Result<Key> key(const std::string& jwk, Algorithm algorithm) {
  return Key::from_jwk(accepted(roomkey::base::parse_json(jwk), jwk), algorithm);
}

TEST(a_secret_has_at_least_the_size_of_its_hash) {
  struct Case {
    Algorithm algorithm;
    std::size_t least;
  };
  for (const auto& [algorithm, least] :
       {Case{Algorithm::hs256, 32}, Case{Algorithm::hs384, 48}, Case{Algorithm::hs512, 64}}) {
    accepted(key(oct(least), algorithm));
    refused(Code::invalid_token, key(oct(least - 1), algorithm), name(algorithm));
    refused(Code::invalid_token, key(oct(0), algorithm), name(algorithm));
  }
}

TEST(what_a_jwk_says_of_its_use_is_obeyed) {
  for (const auto* const good : {R"(,"alg":"HS256")", R"(,"use":"sig")", R"(,"key_ops":["verify"])",
                                 R"(,"key_ops":["sign","verify"])", R"(,"kid":"k","x5t":"x")"}) {
    accepted(key(oct(32, good), Algorithm::hs256), good);
  }
  for (const auto* const bad :
       {R"(,"alg":"HS384")", R"(,"alg":"A256GCM")", R"(,"alg":null)", R"(,"alg":["HS256"])",
        R"(,"use":"enc")", R"(,"use":null)", R"(,"key_ops":[])", R"(,"key_ops":["sign"])",
        R"(,"key_ops":["encrypt"])", R"(,"key_ops":"verify")"}) {
    refused(Code::invalid_token, key(oct(32, bad), Algorithm::hs256), bad);
  }
}

TEST(a_point_is_on_its_curve_and_has_its_size) {
  accepted(key(ec(), Algorithm::es256));
  const std::string x(kX);
  for (const std::string& bad :
       {ec(kX, kX), ec(kY, kX), ec("", ""), ec(kX, ""), ec(x + "AA", kY), ec(x.substr(0, 40), kY),
        ec(x + "=", kY), ec(kX, kY, "", "P-384"), ec(kX, kY, "", "P-521"), ec(kX, kY, "", ""),
        ec(std::string(43, 'A'), std::string(43, 'A'))}) {
    refused(Code::invalid_token, key(bad, Algorithm::es256), bad);
  }
  for (const auto algorithm : {Algorithm::es384, Algorithm::rs256, Algorithm::eddsa}) {
    refused(Code::invalid_token, key(ec(), algorithm), name(algorithm));
  }
}

TEST(an_rsa_key_has_2048_bits_and_an_odd_exponent_over_1) {
  accepted(key(rsa(modulus_of("RSA-2048"), "AQAB"), Algorithm::rs256));
  accepted(key(rsa(modulus_of("RSA-2048"), "Aw"), Algorithm::rs256), "3");
  for (const std::string& bad :
       {rsa(modulus_of("RSA-2040"), "AQAB"), rsa(modulus_of("RSA-1024"), "AQAB"),
        rsa(modulus_of("RSA-2048"), "AQ"), rsa(modulus_of("RSA-2048"), "AA"),
        rsa(modulus_of("RSA-2048"), "AAAA"), rsa(modulus_of("RSA-2048"), "AQAA"),
        rsa(modulus_of("RSA-2048"), ""), rsa("", "AQAB"), rsa("", ""),
        rsa(modulus_of("RSA-2048") + "==", "AQAB"), std::string(R"({"kty":"RSA"})"),
        std::string(R"({"kty":"RSA","n":1,"e":2})")}) {
    refused(Code::invalid_token, key(bad, Algorithm::rs256), bad);
  }
}

TEST(an_okp_key_is_ed25519_with_32_bytes) {
  const auto okp = [](const std::string& curve, const std::string& x) {
    return R"({"kty":"OKP","crv":")" + curve + R"(","x":")" + x + "\"}";
  };
  const std::string x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
  accepted(key(okp("Ed25519", x), Algorithm::eddsa));
  for (const std::string& bad : {okp("X25519", x), okp("Ed448", x), okp("ed25519", x),
                                 okp("Ed25519", ""), okp("Ed25519", x.substr(0, 40))}) {
    refused(Code::invalid_token, key(bad, Algorithm::eddsa), bad);
  }
}

TEST(a_jwk_is_an_object_of_the_right_type) {
  for (const auto* const bad :
       {"[]", "{}", R"({"kty":null})", R"({"k":"AA"})", R"({"kty":"OCT","k":"AA"})",
        R"({"kty":"oct"})", R"({"kty":"oct","k":null})", R"(["oct"])"}) {
    refused(Code::invalid_token, key(bad, Algorithm::hs256), bad);
  }
}

TEST(a_refusal_holds_nothing_of_the_key) {
  const std::string secret = base64url(std::string(31, 'k'));
  const auto why = refused(Code::invalid_token, key(oct(31), Algorithm::hs256));
  expect(!contains(why, secret) && !contains(why, "kkk"), why);
}

TEST(a_set_is_cut_down_to_the_keys_of_its_algorithm) {
  const std::string mixed = R"({"keys":[7,{},{"kty":"new"},)" + oct(32, R"(,"kid":"a")") + ',' +
                            ec(kX, kY, R"(,"kid":"b")") + ',' + ec(kX, kY, R"(,"use":"enc")") +
                            ',' + rsa(modulus_of("RSA-2048"), "AQAB") + "]}";
  const auto hmac = accepted(key_set_from_jwks(mixed, Algorithm::hs256));
  same(1, hmac.keys.size());
  same("a", hmac.keys[0].id());
  const auto curve = accepted(key_set_from_jwks(mixed, Algorithm::es256));
  same(1, curve.keys.size());
  same("b", curve.keys[0].id());
  same("", accepted(key_set_from_jwks(mixed, Algorithm::rs256)).keys.at(0).id());
  refused(Code::invalid_token, key_set_from_jwks(mixed, Algorithm::eddsa));
}

// RFC 7517 section 5.
TEST(passes_over_malformed_keys_while_a_good_one_is_left) {
  const std::string mixed = R"({"keys":[)" + ec() + ',' + ec(kX, kX) + "]}";
  same(1, accepted(key_set_from_jwks(mixed, Algorithm::es256)).keys.size());
  refused(Code::invalid_token,
          key_set_from_jwks(R"({"keys":[)" + ec(kX, kX) + "]}", Algorithm::es256));
}

TEST(a_set_is_an_object_with_an_array_of_keys) {
  for (const std::string& bad :
       {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"keys":{}})"),
        std::string(R"({"keys":null})"), std::string(R"({"keys":[]})"), oct(32),
        std::string(R"({"keys":[],"keys":[]})")}) {
    refused(Code::invalid_token, key_set_from_jwks(bad, Algorithm::hs256), bad);
  }
}

}  // namespace jwk_test
