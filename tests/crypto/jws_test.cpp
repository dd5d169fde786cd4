#include "roomkey/crypto/jws.hpp"

#include "made_keys.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "support/test.hpp"

namespace jws_test {

using namespace roomkey::crypto;
using namespace roomkey::test;
using roomkey::base::Code;

constexpr std::string_view kPayload = R"({"user_id":2})";

std::string signed_with(std::string_view header, Algorithm algorithm = Algorithm::hs256) {
  return sign_jws(header, kPayload, signing_key(algorithm));
}

std::string header_for(Algorithm algorithm) {
  return R"({"alg":")" + std::string(name(algorithm)) + R"("})";
}

void refuse(const std::string& token, std::string_view what = "") {
  const auto why = refused(Code::invalid_token, verify_jws(token, key_set(Algorithm::hs256)), what);
  expect(!why.empty() && why.find_first_of("\"\\") == why.npos, "fit for a header: " + why);
}

TEST(reads_back_what_was_signed_with_every_algorithm) {
  for (const auto algorithm : kAlgorithms) {
    const auto jws =
        accepted(verify_jws(signed_with(header_for(algorithm), algorithm), key_set(algorithm)),
                 name(algorithm));
    same(kPayload, jws.payload);
    same(name(algorithm), (*jws.header)["alg"].asString());
  }
}

TEST(the_configured_algorithm_is_the_only_one) {
  for (const auto accepting : kAlgorithms) {
    for (const auto other : kAlgorithms) {
      if (accepting == other) continue;
      const auto token = signed_with(header_for(other), other);
      refused(Code::invalid_token, verify_jws(token, key_set(accepting)),
              std::string(name(other)) + " for " + std::string(name(accepting)));
    }
  }
}

TEST(a_public_key_is_no_hmac_secret) {
  for (const auto accepting : {Algorithm::rs256, Algorithm::es256, Algorithm::eddsa}) {
    const std::string& pem = made_key(accepting).public_pem;
    const Key confused = accepted(Key::from_secret(pem, Algorithm::hs256));
    for (const auto claimed : {accepting, Algorithm::hs256}) {
      const auto token = sign_jws(header_for(claimed), kPayload, confused);
      refused(Code::invalid_token, verify_jws(token, key_set(accepting)), name(claimed));
    }
  }
}

TEST(refuses_headers_that_ask_for_something_else) {
  for (const auto header : {R"({"alg":"none"})",
                            R"({"alg":"None"})",
                            R"({"alg":""})",
                            R"({"alg":null})",
                            R"({})",
                            R"({"alg":"hs256"})",
                            R"({"alg":"HS256 "})",
                            R"({"alg":"HS384"})",
                            R"({"alg":"HS512"})",
                            R"({"alg":"RS256"})",
                            R"({"alg":["HS256"]})",
                            R"({"alg":256})",
                            R"({"Alg":"HS256"})",
                            R"({"alg":"HS256","crit":["exp"]})",
                            R"({"alg":"HS256","crit":[]})",
                            R"({"alg":"HS256","crit":null})",
                            R"({"alg":"HS256","b64":false,"crit":["b64"]})",
                            R"({"alg":"HS256","b64":false})",
                            R"({"alg":"HS256","b64":true})",
                            R"({"alg":"HS256","kid":7})",
                            R"({"alg":"HS256","kid":null})",
                            R"({"alg":"HS256","kid":["a"]})",
                            R"({"alg":"HS256","alg":"HS256"})",
                            R"({"alg":"none","alg":"HS256"})",
                            R"({"alg":"HS256","x":{"a":1,"a":1}})",
                            R"({"alg":"HS256","\u0061lg":"HS256"})",
                            R"(["HS256"])",
                            R"("HS256")",
                            R"(HS256)",
                            R"()",
                            R"({"alg":"HS256")",
                            R"({"alg":"HS256"}x)",
                            R"({"alg":"HS256",})",
                            R"({"alg":"HS256"/**/})",
                            "{\"alg\":\"HS256\",\"x\":\"\xFF\"}",
                            "{\"alg\":\"HS256\",\"x\":\"\xC0\xAF\"}"}) {
    refuse(signed_with(header), roomkey::base::log_value(header));
  }
}

TEST(nul_bytes_do_not_end_anything) {
  using namespace std::string_view_literals;
  refuse(signed_with("{\"alg\":\"HS256\"}\0"sv), "after the header");
  refuse(signed_with("{\"alg\":\"HS256\\u0000\"}"), "escaped in alg");
  refuse(signed_with(R"({"alg":"HS256"})") + '\0', "after the token");
  const auto token = sign_jws(R"({"alg":"HS256"})", "a\0b"sv, signing_key(Algorithm::hs256));
  same("a\0b"sv, accepted(verify_jws(token, key_set(Algorithm::hs256))).payload);
}

TEST(refuses_keys_that_the_token_brings_along) {
  const Key own = accepted(Key::from_secret("attacker-attacker-attacker-32-by", Algorithm::hs256));
  const std::string jwk =
      R"("jwk":{"kty":"oct","k":")" + base64url("attacker-attacker-attacker-32-by") + R"("})";
  refuse(sign_jws(R"({"alg":"HS256",)" + jwk + '}', kPayload, own), "jwk");
  refuse(sign_jws(R"({"alg":"HS256","jku":"https://evil.example/"})", kPayload, own), "jku");
  accepted(verify_jws(signed_with(R"({"alg":"HS256",)" + jwk + '}'), key_set(Algorithm::hs256)),
           "foreign headers are ignored where the signature is right");
}

TEST(a_token_has_three_parts) {
  const std::string token = signed_with(R"({"alg":"HS256"})");
  const auto first = token.find('.');
  const auto second = token.find('.', first + 1);
  for (const std::string& other :
       {std::string(), std::string("."), std::string(".."), std::string("..."), std::string("...."),
        token.substr(0, first), token.substr(0, second), token + ".", token + ".x", '.' + token,
        token + ".x.y", token.substr(first), token.substr(first + 1), token.substr(0, second + 1),
        token.substr(0, first + 1) + token.substr(second), token + ',' + token,
        "Bearer " + token}) {
    refuse(other, other);
  }
}

TEST(refuses_a_token_with_any_character_changed) {
  const std::string token = signed_with(R"({"alg":"HS256","typ":"JWT"})");
  const auto keys = key_set(Algorithm::hs256);
  accepted(verify_jws(token, keys));
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const char c : {'A', 'B', 'z', '9', '-', '_', '.', '=', ' ', '+', '/', '\0', '\n'}) {
      std::string changed = token;
      changed[i] = c;
      if (changed != token) refused(Code::invalid_token, verify_jws(changed, keys), changed);
    }
    std::string longer = token;
    refused(Code::invalid_token, verify_jws(longer.insert(i, 1, ' '), keys), longer);
    std::string shorter = token;
    refused(Code::invalid_token, verify_jws(shorter.erase(i, 1), keys), shorter);
  }
}

TEST(refuses_padding_and_unused_bits_in_every_part) {
  const std::string token = signed_with(R"({"alg":"HS256" })");  // 16 bytes: unused bits
  const auto first = token.find('.');
  for (const auto end : {first, token.find('.', first + 1), token.size()}) {
    for (const auto* const padding : {"=", "=="}) {
      std::string padded = token;
      refuse(padded.insert(end, padding), padded);
    }
    std::string respelt = token;
    respelt[end - 1] = static_cast<char>(respelt[end - 1] + 1);
    refuse(respelt, respelt);
  }
}

TEST(refuses_more_than_8192_bytes_before_anything_else) {
  const auto token = [](std::size_t payload) {
    return sign_jws(R"({"alg":"HS256"})", std::string(payload, 'x'), signing_key(Algorithm::hs256));
  };
  same(kMaxTokenBytes, token(6095).size());
  accepted(verify_jws(token(6095), key_set(Algorithm::hs256)));
  same("The token is too long",
       refused(Code::invalid_token, verify_jws(token(6096), key_set(Algorithm::hs256))));
  refuse(std::string(100'000'000, '.'));
}

TEST(deep_nesting_many_parts_and_huge_numbers_are_just_refused) {
  const std::string open(2000, '[');
  refuse(signed_with(R"({"alg":"HS256","x":)" + open + std::string(2000, ']') + '}'));
  refuse(signed_with(open));
  std::string many;
  for (int i = 0; i < 300; ++i) many += ",0";
  refuse(signed_with(R"({"alg":"HS256","x":[0)" + many + "]}"));
  refuse(signed_with(R"({"alg":"HS256","x":1e999999999})"));
  refuse(signed_with(R"({"alg":)" + std::string(3000, '9') + '}'));
}

TEST(kid_chooses_among_the_keys_that_have_one) {
  const std::string first = "first-first-first-first-first-32";
  const std::string other = "other-other-other-other-other-32";
  const auto jwk = [](const std::string& kid, const std::string& secret) {
    return R"({"kty":"oct","kid":")" + kid + R"(","k":")" + base64url(secret) + R"("})";
  };
  const auto keys = accepted(key_set_from_jwks(
      R"({"keys":[)" + jwk("1", first) + ',' + jwk("2", other) + "]}", Algorithm::hs256));
  const auto token = [](std::string_view header, const std::string& secret) {
    return sign_jws(header, kPayload, Key::from_secret(secret, Algorithm::hs256).value());
  };
  accepted(verify_jws(token(R"({"alg":"HS256","kid":"1"})", first), keys));
  accepted(verify_jws(token(R"({"alg":"HS256","kid":"2"})", other), keys));
  accepted(verify_jws(token(R"({"alg":"HS256"})", other), keys), "without kid each is tried");
  refused(Code::invalid_token, verify_jws(token(R"({"alg":"HS256","kid":"2"})", first), keys));
  refused(Code::invalid_token, verify_jws(token(R"({"alg":"HS256","kid":"3"})", first), keys));
  refused(Code::invalid_token, verify_jws(token(R"({"alg":"HS256","kid":""})", first), keys));
  accepted(verify_jws(signed_with(R"({"alg":"HS256","kid":"1"})"), key_set(Algorithm::hs256)),
           "a configured secret has no kid");
}

TEST(a_header_that_was_authentic_once_proves_nothing) {
  constexpr std::string_view kHeader = R"({"alg":"HS256","kid":"1"})";
  const std::string token = signed_with(kHeader);
  const Key own = accepted(Key::from_secret("attacker-attacker-attacker-32-by", Algorithm::hs256));
  const auto of_another =
      accepted(key_set_from_jwks(R"({"keys":[{"kty":"oct","kid":"2","k":")" +
                                     base64url("0123456789abcdef0123456789abcdef") + R"("}]})",
                                 Algorithm::hs256));
  for (const auto* const time : {"first", "again"}) {
    accepted(verify_jws(token, key_set(Algorithm::hs256)), time);
    refuse(sign_jws(kHeader, kPayload, own), time);
    refuse(token + 'A', time);
    refuse(signed_with(R"({"alg":"HS384","kid":"1"})"), time);
    refused(Code::invalid_token, verify_jws(token, key_set(Algorithm::rs256)), time);
    refused(Code::invalid_token, verify_jws(token, of_another), time);
  }
}

TEST(each_token_comes_with_its_own_header) {
  const auto keys = key_set(Algorithm::hs256);
  for (const auto* const type : {"JWT", "JWT", "at+jwt", "JWT", "id"}) {
    const auto token = signed_with(std::string(R"({"alg":"HS256","typ":")") + type + R"("})");
    same(type, (*accepted(verify_jws(token, keys)).header)["typ"].asString());
  }
}

TEST(without_keys_every_token_is_refused) {
  const KeySet none{Algorithm::hs256, {}};
  refused(Code::invalid_token, verify_jws(signed_with(R"({"alg":"HS256"})"), none));
}

}  // namespace jws_test
