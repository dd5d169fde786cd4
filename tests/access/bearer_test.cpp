#include "roomkey/access/bearer.hpp"

#include "roomkey/base/json.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::access;
using namespace roomkey::test;
using roomkey::base::Code;
using roomkey::base::unix_seconds;

const std::int64_t kNow = unix_seconds(kNine);

// Claims that are right at nine o'clock, and more.
std::string claims(const std::string& more = "") {
  return R"({"token_type":"access","exp":)" + std::to_string(kNow + 300) + R"(,"user_id":2)" +
         more + '}';
}

std::string claims_with_exp(const std::string& exp) { return R"({"user_id":2,"exp":)" + exp + '}'; }

roomkey::base::Result<std::int64_t> verify(const std::string& token,
                                           std::chrono::sys_seconds now = kNine) {
  return verify_bearer(token, hs256_rules(), now);
}

void refuse_claims(const std::string& text) {
  const auto why = refused(Code::invalid_token, verify(bearer_with(text)), text);
  expect(!why.empty() && why.find_first_of("\"\\\n") == why.npos, "fit for a header: " + why);
}

TEST(knows_whose_token_it_is) { same(2, accepted(verify(bearer_with(claims())))); }

TEST(finds_the_token_behind_the_scheme_in_any_case) {
  for (const auto header : {"Bearer a.b.c", "bearer a.b.c", "BEARER a.b.c", "bEaReR   a.b.c"}) {
    same("a.b.c", accepted(bearer_token(header), header));
  }
}

TEST(another_scheme_or_none_is_no_authentication) {
  for (const auto header :
       {"", " ", "a.b.c", "Basic YTpi", "Bearera.b.c", "Bearer\ta.b.c", " Bearer a.b.c",
        "Token a.b.c", "Bearer,a.b.c", "Bearer:a.b.c", "Bear er a.b.c", "Basic x, Bearer a.b.c"}) {
    refused(Code::authentication_required, bearer_token(header), header);
  }
}

TEST(a_scheme_without_a_good_token_is_an_invalid_token) {
  const std::string token = bearer_with(claims());
  for (const std::string& header :
       {std::string("Bearer"), std::string("Bearer "), std::string("Bearer  "),
        "Bearer " + token + ' ', "Bearer " + token + ", Bearer " + token,
        "Bearer " + token + ",Basic YTpi", "Bearer \"" + token + '"', "Bearer Bearer " + token,
        "Bearer\x20\t" + token}) {
    refused(Code::invalid_token, verify(std::string(accepted(bearer_token(header), header))),
            header);
  }
}

TEST(exp_is_required_and_is_a_time) {
  refuse_claims(R"({"user_id":2})");
  const std::string later = std::to_string(kNow + 300);
  for (const std::string& exp :
       {'"' + later + '"', std::string("-1"), std::string("-0.5"), std::string("-1e-300"),
        '-' + later, std::string("253402300800"), std::string("2.534023008e11"),
        std::string("1e300"), std::string("1e400"), std::string("NaN"), std::string("Infinity"),
        std::string("9223372036854775807"), std::string("9223372036854775808"),
        std::string("99999999999999999999999"), std::string("null"), std::string("true"),
        '[' + later + ']', std::string("{}")}) {
    refuse_claims(claims_with_exp(exp));
  }
  accepted(verify(bearer_with(claims_with_exp("253402300799"))), "the end of 9999");
}

// RFC 7519 section 2: a NumericDate is any JSON number.
TEST(a_time_with_a_fraction_or_an_exponent_is_rounded_down) {
  for (const auto* const exp : {"1763283600.0", "1763283600.999", "1.7632836e9", "17632836E2",
                                "0.17632836e+10", "1763283600000e-3", "1763283600.000e0"}) {
    const auto token = bearer_with(claims_with_exp(exp));
    accepted(verify(token, kNine + 4s), exp);
    refused(Code::token_expired, verify(token, kNine + 5s), exp);
    const auto from_then = bearer_with(claims(",\"nbf\":" + std::string(exp) + ",\"iat\":" + exp));
    accepted(verify(from_then, kNine - 5s), exp);
    refused(Code::invalid_token, verify(from_then, kNine - 6s), exp);
  }
  accepted(verify(bearer_with(claims_with_exp("253402300799.9"))), "the last second of 9999");
  refused(Code::token_expired, verify(bearer_with(claims_with_exp("-0.0"))));
  refused(Code::token_expired, verify(bearer_with(claims_with_exp("1e-400"))));
}

TEST(expires_to_the_second_with_leeway) {
  const auto token = bearer_with(claims_with_exp(std::to_string(kNow)));
  accepted(verify(token, kNine - 1s));
  accepted(verify(token, kNine + 4s));
  refused(Code::token_expired, verify(token, kNine + 5s));
  BearerRules strict = hs256_rules();
  strict.leeway = 0s;
  accepted(verify_bearer(token, strict, kNine - 1s));
  refused(Code::token_expired, verify_bearer(token, strict, kNine));
  refused(Code::token_expired, verify(bearer_with(claims_with_exp("0"))));
}

TEST(nbf_and_iat_may_not_lie_in_the_future) {
  for (const std::string name : {"nbf", "iat"}) {
    const auto at = [&](const std::string& value) { return claims(",\"" + name + "\":" + value); };
    accepted(verify(bearer_with(at(std::to_string(kNow + 5)))), name);
    refuse_claims(at(std::to_string(kNow + 6)));
    accepted(verify(bearer_with(at("0"))), name);
    for (const auto* const bad : {"\"0\"", "-0.5", "1e12", "-1", "null", "[0]", "1e400"}) {
      refuse_claims(at(bad));
    }
  }
}

TEST(an_expired_token_that_is_wrong_otherwise_is_invalid) {
  const std::string expired = R"({"exp":1,"user_id":2,"token_type":"refresh"})";
  refuse_claims(expired);
  refuse_claims(R"({"exp":1,"user_id":"two"})");
  const auto token = bearer_with(claims_with_exp("1"));
  refused(Code::invalid_token, verify(token.substr(0, token.size() - 2) + "AA"));
}

TEST(a_refresh_token_is_no_access_token) {
  accepted(verify(bearer_with(claims_with_exp(std::to_string(kNow + 1)))), "without token_type");
  for (const auto* const type :
       {"\"refresh\"", "\"sliding\"", "\"Access\"", "\"\"", "null", "1", "[\"access\"]"}) {
    refuse_claims(R"({"user_id":2,"exp":)" + std::to_string(kNow + 300) + R"(,"token_type":)" +
                  type + '}');
  }
}

TEST(where_a_token_type_is_set_it_must_stand_there) {
  BearerRules rules = hs256_rules();
  const auto judged = [&](const std::string& type) {
    const std::string claim = type.empty() ? "" : R"("token_type":)" + type + ',';
    return verify_bearer(
        bearer_with('{' + claim + R"("user_id":2,"exp":)" + std::to_string(kNow + 300) + '}'),
        rules, kNine);
  };
  accepted(judged(""));
  rules.token_type = "access";
  accepted(judged("\"access\""));
  for (const char* const other :
       {"", "\"refresh\"", "\"Access\"", "null", "[\"access\"]", "\"\""}) {
    same("The token is not an access token", refused(Code::invalid_token, judged(other)), other);
  }
  rules.token_type = "at";
  accepted(judged("\"at\""));
  refused(Code::invalid_token, judged("\"access\""));
  accepted(verify_bearer(make_bearer(2, rules, kNine, 5min), rules, kNine));
}

TEST(where_a_longest_life_is_set_no_token_lives_longer) {
  BearerRules rules = hs256_rules();
  const auto judged = [&](const std::string& iat, std::int64_t exp) {
    const std::string claim = iat.empty() ? "" : R"("iat":)" + iat + ',';
    return verify_bearer(
        bearer_with('{' + claim + R"("user_id":2,"exp":)" + std::to_string(exp) + '}'), rules,
        kNine);
  };
  const std::string now = std::to_string(kNow);
  accepted(judged(now, kNow + 365 * 86400));
  rules.longest_life = 2h;
  accepted(judged(now, kNow + 7200));
  accepted(judged(std::to_string(kNow - 3600), kNow + 3600));
  same("The token is valid for too long", refused(Code::invalid_token, judged(now, kNow + 7201)));
  refused(Code::invalid_token, judged(std::to_string(kNow - 7200), kNow + 1));
  same("The token has no iat", refused(Code::invalid_token, judged("", kNow + 60)));
  refused(Code::invalid_token, judged("null", kNow + 60));
  refused(Code::token_expired, judged(std::to_string(kNow - 3600), kNow - 60));
  refused(Code::invalid_token, judged(std::to_string(kNow - 9000), kNow - 60));
}

TEST(a_token_made_for_something_else_is_refused) {
  const auto typed = [](const std::string& type) {
    return verify(bearer_with(claims(), R"({"alg":"HS256","typ":)" + type + '}'));
  };
  for (const auto* const good : {"\"JWT\"", "\"jwt\"", "\"at+jwt\"", "\"application/at+jwt\""}) {
    accepted(typed(good), good);
  }
  accepted(verify(bearer_with(claims(), R"({"alg":"HS256"})")), "typ may be left out");
  for (const auto* const bad :
       {"\"refresh\"", "\"logout+jwt\"", "\"dpop+jwt\"", "\"\"", "null", "7", "[\"JWT\"]"}) {
    refused(Code::invalid_token, typed(bad), bad);
  }
}

TEST(where_an_issuer_is_set_it_must_match) {
  BearerRules rules = hs256_rules();
  rules.issuer = "https://login.example";
  const auto from = [&](const std::string& more) {
    return verify_bearer(bearer_with(claims(more)), rules, kNine);
  };
  accepted(from(R"(,"iss":"https://login.example")"));
  for (const auto* const bad :
       {"", R"(,"iss":"https://login.example/")", R"(,"iss":"HTTPS://login.example")",
        R"(,"iss":["https://login.example"])", R"(,"iss":null)", R"(,"iss":"")"}) {
    refused(Code::invalid_token, from(bad), bad);
  }
  accepted(verify(bearer_with(claims(R"(,"iss":7)"))), "not set: not looked at");
}

TEST(where_an_audience_is_set_it_must_be_among_the_token_s) {
  BearerRules rules = hs256_rules();
  rules.audience = "roomkey";
  const auto for_audience = [&](const std::string& more) {
    return verify_bearer(bearer_with(claims(more)), rules, kNine);
  };
  accepted(for_audience(R"(,"aud":"roomkey")"));
  accepted(for_audience(R"(,"aud":["other",7,"roomkey"])"));
  for (const auto* const bad : {"", R"(,"aud":"Roomkey")", R"(,"aud":"roomkey other")",
                                R"(,"aud":[])", R"(,"aud":["other"])", R"(,"aud":[["roomkey"]])",
                                R"(,"aud":{"roomkey":1})", R"(,"aud":null)", R"(,"aud":7)"}) {
    refused(Code::invalid_token, for_audience(bad), bad);
  }
}

TEST(the_user_claim_is_a_number_or_digits) {
  const auto whose = [](const std::string& id) {
    return R"({"exp":)" + std::to_string(kNow + 300) + R"(,"user_id":)" + id + '}';
  };
  same(INT64_MAX, accepted(verify(bearer_with(whose("9223372036854775807")))));
  same(19, accepted(verify(bearer_with(whose("\"19\"")))));
  for (const auto* const bad : {"0",
                                "-1",
                                "\"0\"",
                                "\"-1\"",
                                "\"007\"",
                                "007",
                                "1.0",
                                "\"1.0\"",
                                "1e0",
                                "true",
                                "null",
                                "9223372036854775808",
                                "\"9223372036854775808\"",
                                "99999999999999999999",
                                "[2]",
                                "{}",
                                "\"\"",
                                "\" 2\"",
                                "\"2 \"",
                                "\"+2\"",
                                "\"two\"",
                                R"("2\u0000")"}) {
    refuse_claims(whose(bad));
  }
  refuse_claims(R"({"exp":)" + std::to_string(kNow + 300) + '}');
}

TEST(the_user_claim_has_the_configured_name) {
  BearerRules rules = hs256_rules();
  rules.user_claim = "https://clinic.example/uid";
  const auto token = bearer_with(claims(R"(,"https://clinic.example/uid":"19")"));
  same(19, accepted(verify_bearer(token, rules, kNine)));
  refused(Code::invalid_token, verify_bearer(bearer_with(claims()), rules, kNine));
}

TEST(claims_are_one_json_object_without_a_key_twice) {
  for (const std::string& text :
       {std::string(), std::string("2"), std::string("[]"), std::string("null"), claims() + 'x',
        claims(",\"user_id\":2"), claims(",\"x\":{\"a\":1,\"a\":2}"), claims(",\"x\":\"\xFF\""),
        claims(",\"\\u0065xp\":1"),
        claims(",\"x\":" + std::string(500, '[') + std::string(500, ']')), claims(",\"x\":1e999"),
        std::string("{\"user_id\":2,\"exp\":") + std::string(500, '9') + '}',
        claims() + std::string(1, '\0')}) {
    refuse_claims(text);
  }
}

TEST(makes_tokens_that_it_accepts_itself) {
  BearerRules rules = hs256_rules();
  rules.issuer = "https://login.example";
  rules.audience = "roomkey";
  rules.user_claim = "zo\u00eb \"id\"";
  const auto token = make_bearer(19, rules, kNine, 1h);
  same(19, accepted(verify_bearer(token, rules, kNine)));
  same(19, accepted(verify_bearer(token, rules, kNine + 1h + 4s)));
  refused(Code::token_expired, verify_bearer(token, rules, kNine + 1h + 5s));
  expect(token != make_bearer(19, rules, kNine, 1h), "each has a jti of its own");
}

TEST(both_keys_hold_while_they_are_rotated) {
  BearerRules rules = hs256_rules();
  const auto old = make_bearer(2, rules, kNine, 1h);
  rules.keys.keys.insert(rules.keys.keys.begin(),
                         roomkey::crypto::Key::from_secret("the new one, of thirty-two bytes",
                                                           roomkey::crypto::Algorithm::hs256)
                             .value());
  const auto fresh = make_bearer(2, rules, kNine, 1h);
  accepted(verify_bearer(old, rules, kNine));
  accepted(verify_bearer(fresh, rules, kNine));
  refused(Code::invalid_token, verify(fresh), "the new key is first");
}

}  // namespace
