// JWK sets as issuers publish them, and what people take for one.
#include "made_keys.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/jws.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::crypto;
using namespace roomkey::test;
using roomkey::base::Code;

// The key of RFC 7515 appendix A.3.
constexpr std::string_view kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

std::string ec(const std::string& more = "", std::string_view x = kX, std::string_view y = kY) {
  return R"({"kty":"EC","crv":"P-256","x":")" + std::string(x) + R"(","y":")" + std::string(y) +
         '"' + more + '}';
}

std::string rsa(const std::string& n, const std::string& more = "", const std::string& e = "AQAB") {
  return R"({"kty":"RSA","n":")" + n + R"(","e":")" + e + '"' + more + '}';
}
const std::string& modulus() {
  static const std::string made = modulus_of("RSA-2048");
  return made;
}
const std::string& other_modulus() {
  static const std::string made = modulus_of("RSA-3072");
  return made;
}

std::string set_of(const std::vector<std::string>& keys) {
  std::string text;
  for (const auto& one : keys) text += (text.empty() ? "" : ",") + one;
  return R"({"keys":[)" + text + "]}";
}

KeySet read(const std::vector<std::string>& keys, Algorithm algorithm = Algorithm::rs256) {
  return accepted(key_set_from_jwks(set_of(keys), algorithm), set_of(keys));
}

void refuse(const std::string& text, std::string_view says,
            Algorithm algorithm = Algorithm::rs256) {
  const auto why = refused(Code::invalid_token, key_set_from_jwks(text, algorithm), text);
  expect(contains(why, says), why + "\n  wanted: " + std::string(says));
}

TEST(an_equal_key_that_is_named_twice_counts_once) {
  const std::string key = rsa(modulus(), R"(,"kid":"a")");
  same(1, read({key, key, rsa(modulus(), R"(,"kid":"a","use":"sig","alg":"RS256")")}).keys.size());
  same(2, read({key, rsa(modulus(), R"(,"kid":"b")")}).keys.size(), "under two names");
  const std::string point = ec(R"(,"kid":"a")");
  same(1, read({point, point}, Algorithm::es256).keys.size());
  const std::string secret = R"({"kty":"oct","kid":"a","k":")" + std::string(43, 'A') + "\"}";
  same(1, read({secret, secret}, Algorithm::hs256).keys.size());
  expect(read({key, key}).remarks.empty());
}

// RFC 7515 section 4.1.4: a kid is a hint.
TEST(each_of_several_keys_under_one_kid_is_tried) {
  const auto kept = read({rsa(other_modulus(), R"(,"kid":"a")"), rsa(modulus(), R"(,"kid":"a")"),
                          rsa(other_modulus(), R"(,"kid":"b")")});
  same(3, kept.keys.size());
  const Key signer = signing_key(Algorithm::rs256);
  accepted(verify_jws(sign_jws(R"({"alg":"RS256","kid":"a"})", "{}", signer), kept));
  accepted(verify_jws(sign_jws(R"({"alg":"RS256"})", "{}", signer), kept));
  for (const auto* const other : {"b", "c", "A"}) {
    const std::string header = std::string(R"({"alg":"RS256","kid":")") + other + "\"}";
    refused(Code::invalid_token, verify_jws(sign_jws(header, "{}", signer), kept), other);
  }
}

TEST(a_set_has_64_keys_at_most) {
  const auto many = [](std::size_t count) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < count; ++i)
      keys.push_back(ec(",\"kid\":\"" + std::to_string(i) + '"'));
    return keys;
  };
  same(64, read(many(64), Algorithm::es256).keys.size());
  refuse(set_of(many(65)), "more than 64 keys for ES256", Algorithm::es256);
  auto others = many(64);
  others.push_back(rsa(modulus()));
  same(64, read(others, Algorithm::es256).keys.size(), "others don't count");
}

TEST(what_is_wrong_with_a_key_is_said_with_its_place_and_member) {
  const std::string n = modulus();
  const std::string plain = [&] {
    std::string text = n;
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    return text;
  }();
  const std::string id = R"(,"kid":"login-1")";
  struct Case {
    std::string jwk;
    const char* says;
  };
  const Case cases[] = {
      {rsa(plain, id), "key 1 (kid login-1): `n` is malformed: it is plain base64 (+ and /)"},
      {rsa(plain + "==", id), "`n` is malformed: it is plain base64"},
      {rsa(n + "==", id), "`n` is malformed: it is padded with ="},
      {rsa(n + " "), "key 1: `n` is malformed: it is not base64url"},
      {rsa(n, "", "AQAB="), "`e` is malformed: it is padded"},
      {rsa("", id), "`n` is empty"},
      {R"({"kty":"RSA","e":"AQAB"})", "`n` is missing"},
      {R"({"kty":"RSA","n":")" + n + "\"}", "`e` is missing"},
      {R"({"kty":"RSA","n":7,"e":"AQAB"})", "`n` is malformed: it is no string"},
      {R"({"kty":"RSA","x5c":["MIIB"]})", "`n` is missing"},
      {rsa(modulus_of("RSA-1024")), "too short: 1024 bits, and 2048 are the least"}};
  for (const auto& [jwk, says] : cases) refuse(set_of({jwk}), says);
  const std::string x(kX);
  const Case points[] = {
      {ec("", std::string(42, 'A')), "`x` is too short: 31 bytes in place of 32"},
      {ec("", x, x.substr(0, 40)), "`y` is too short: 30 bytes in place of 32"},
      {ec("", x + "AAA"), "`x` is too long: 34 bytes in place of 32"},
      {ec("", x + "="), "`x` is malformed: it is padded"},
      {R"({"kty":"EC","crv":"P-256","x":"AA"})", "`x` is too short"}};
  for (const auto& [jwk, says] : points) refuse(set_of({jwk}), says, Algorithm::es256);
  refuse(R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA"}]})", "`x` is too short: 3 bytes",
         Algorithm::eddsa);
}

TEST(a_faulty_key_among_good_ones_is_passed_over_with_a_remark) {
  const auto set = read({rsa(modulus()), rsa(modulus() + "==", R"(,"kid":"b")")});
  same(1, set.keys.size());
  same(1, set.remarks.size());
  same(
      "one key is passed over: key 2 (kid b): `n` is malformed: it is padded with =, which "
      "base64url in a JWK is not",
      set.remarks[0].text);
}

TEST(keys_for_something_else_are_passed_over_without_a_word) {
  const std::string encryption = rsa(other_modulus(), R"(,"use":"enc","alg":"RSA-OAEP")");
  const auto set =
      read({rsa(modulus()), encryption, ec(), rsa(other_modulus(), R"(,"alg":"PS256")"),
            R"({"kty":"new"})", R"({"kty":"OKP","crv":"X25519","x":"AA"})"});
  same(1, set.keys.size());
  expect(set.remarks.empty());
  refuse(set_of({encryption, ec(R"(,"kid":"b")")}),
         "no key for RS256 signatures: key 1: it is not for RS256 signatures: it has RSA-OAEP as "
         "`alg`; key 2 (kid b): it is not for RS256 signatures: it has EC as `kty`");
  refuse(R"({"keys":[7,{},{"kty":7},{"kty":"x"},{"kty":"y"}]})",
         "key 1: it is no JSON object; key 2: it is not for RS256 signatures: it has no text as "
         "`kty`; key 3: it is not for RS256 signatures: it has no text as `kty`; and 2 more");
  refuse(R"({"keys":[]})", "it is empty");
}

TEST(a_private_key_or_a_secret_in_a_set_is_remarked_on) {
  const auto own = read({rsa(modulus(), R"(,"kid":"a","d":"AQAB")")});
  same(1, own.keys.size());
  throws<std::logic_error>([&] { static_cast<void>(own.keys[0].sign("message")); });
  const auto all = read({rsa(modulus()), R"({"kty":"oct","k":"c2VjcmV0"})",
                         R"({"kty":"EC","kid":"b","d":"c2VjcmV0"})"});
  same(1, all.keys.size());
  same(2, all.remarks.size());
  for (const auto& [text, cure, from] : {own.remarks.at(0), all.remarks[0], all.remarks[1]}) {
    expect(contains(text, "is private or a secret") && !contains(text, "c2Vj"), text);
    expect(!contains(cure, "c2Vj") && !from, cure);
  }
  std::vector<std::string> many(100, R"({"kty":"oct","k":"AA"})");
  many.push_back(rsa(modulus()));
  same(8, read(many).remarks.size(), "nobody reads a hundred");
}

TEST(what_is_often_taken_for_a_set_is_named) {
  refuse(rsa(modulus()), R"(is one JWK alone: put {"keys":[ before it)");
  refuse('[' + rsa(modulus()) + ']', R"(is an array alone: put {"keys": before it)");
  refuse(R"({"issuer":"https://login.example","jwks_uri":"https://login.example/keys"})",
         "discovery document: fetch the set that its `jwks_uri` names");
  refuse(R"({"a1b2":"-----BEGIN CERTIFICATE-----\nMIIB"})", "is a list of certificates");
  refuse(made_key("RSA-2048").public_pem, "is PEM: ROOMKEY_JWT_PUBLIC_KEY_FILE takes that");
  refuse("<!doctype html>", "is HTML");
  refuse(std::string("\xFF\xFE{\0", 4), "is UTF-16");
  refuse(R"({"keys":{}})", "has `keys` that is no array");
  refuse("{}", "has no array `keys`");
  refuse(R"({"keys":[{"kty":"RSA","kty":"EC"}]})", "is not valid JSON");
  accepted(key_set_from_jwks("\xEF\xBB\xBF" + set_of({rsa(modulus())}), Algorithm::rs256),
           "a mark");
}

TEST(a_kid_can_not_move_the_cursor) {
  refuse(R"({"keys":[{"kty":"RSA","kid":"\u001b[2J\n\u202e","e":"AQAB"}]})",
         R"(key 1 (kid \x1b[2J\x0a\xe2\x80\xae): `n` is missing)");
  const std::string most = R"({"keys":[{"kty":"RSA","kid":")" + std::string(5000, 'k') + "\"}]}";
  expect(refused(Code::invalid_token, key_set_from_jwks(most, Algorithm::rs256)).size() < 500);
}

TEST(a_set_without_its_private_members_can_be_handed_on) {
  same(R"({"keys":["x",{"kty":"RSA","n":"AQAB"},{"k":"AA","kty":"oct"}]})"
       "\n",
       public_half_of_jwks(
           R"({"keys":["x",{"kty":"RSA","n":"AQAB","d":"x","p":"x","q":"x","dp":"x",)"
           R"("dq":"x","qi":"x","oth":[]},{"kty":"oct","k":"AA"}]})")
           .value_or("none"));
  for (const auto* const set : {R"({"keys":[{"kty":"RSA","n":"AQAB"}]})", R"({"keys":[]})", "{}",
                                R"({"keys":{"d":"x"}})", "", "-----BEGIN PRIVATE KEY-----"}) {
    expect(!public_half_of_jwks(set), set);
  }
}

}  // namespace
