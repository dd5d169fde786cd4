#include "inspected.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

std::string claims(const std::string& more = "") {
  return R"({"token_type":"access","user_id":2,"iat":)" + kNow + R"(,"exp":)" + from_now(300) +
         more + '}';
}

TEST(what_the_login_makes_has_no_fault) {
  const auto report = found("", access::make_bearer(2, hs256_rules(), kNine, 1h));
  same("bearer", report.kind);
  same("2", value_of(report, "user"));
  same("access", value_of(report, "type"));
  same("made with the key of the clinic's login", value_of(report, "signature"));
  found("", "Bearer " + bearer_with(claims()));
  found("", "  Authorization: bearer\t " + bearer_with(claims()) + "\r\n");
  found("", '"' + bearer_with(claims()) + '"');
}

TEST(a_refresh_token_is_named) {
  found("error invalid_token",
        bearer_with(R"({"token_type":"refresh","user_id":2,"exp":)" + from_now(300) + '}'),
        clinic_config(), "refresh token");
  found("error invalid_token",
        bearer_with(R"({"token_type":7,"user_id":2,"exp":)" + from_now(300) + '}'));
}

TEST(each_fault_of_a_bearer_token_has_its_words) {
  const auto exp = R"(,"exp":)" + from_now(300) + '}';
  found("error token_expired", bearer_with(R"({"user_id":2,"exp":)" + from_now(-5) + '}'));
  found("", bearer_with(R"({"user_id":2,"exp":)" + from_now(-4) + '}'));
  found("error invalid_token", bearer_with(R"({"user_id":2})"), clinic_config(),
        "no time of expiry");
  found("error invalid_token", bearer_with(R"({"user_id":2,"exp":)" + from_now(9) + ".0}"));
  found("error invalid_token", bearer_with(claims(R"(,"nbf":)" + from_now(6))));
  found("error invalid_token", bearer_with(R"({"user":2)" + exp), clinic_config(),
        "ROOMKEY_JWT_USER_CLAIM. This token's claims are: exp, user.");
  found("error invalid_token", bearer_with(R"({"user_id":"jane")" + exp, R"({"alg":"HS256"})"));
  found("error invalid_token", bearer_with(R"({"user_id":0)" + exp));
  found("error invalid_token", bearer_with(R"({"user_id":2.0)" + exp));
  found("error invalid_token", bearer_with(claims(), R"({"alg":"HS384"})"), clinic_config(),
        "ROOMKEY_JWT_ALGORITHM");
  found("error invalid_token", bearer_with(claims(), R"({"alg":"HS256","crit":[]})"));
  found("error invalid_token", bearer_with(claims(), R"({"alg":"HS256","typ":"logout+jwt"})"),
        clinic_config(), "another type");
  found("error invalid_token", signed_by("another", R"({"alg":"HS256"})", claims()),
        clinic_config(), "another key");
  found("error invalid_token",
        signed_by("not-a-real-secret-0123456789abcd", R"({"alg":"HS256"})", claims()),
        clinic_config(), "with TWILIO_API_SECRET instead");
  found("error invalid_token", bearer_with(claims(R"(,"x":")" + std::string(9000, 'x') + '"')),
        clinic_config(), "8 KiB");
  const auto token = bearer_with(claims());
  found("error invalid_token", token.substr(0, token.rfind('.') + 1), clinic_config(),
        "not signed");
}

TEST(issuer_and_audience_must_match_where_they_are_set) {
  Config config = clinic_config();
  config.bearer->issuer = "https://login.example";
  config.bearer->audience = "roomkey";
  found("", bearer_with(claims(R"(,"iss":"https://login.example","aud":["x","roomkey"])")), config);
  found("error invalid_token",
        bearer_with(claims(R"(,"iss":"https://login.example/","aud":"roomkey")")), config,
        "ROOMKEY_JWT_ISSUER is https://login.example");
  found("error invalid_token", bearer_with(claims(R"(,"iss":"https://login.example")")), config,
        "ROOMKEY_JWT_AUDIENCE");
}

TEST(without_the_login_s_key_the_rest_is_checked) {
  const Config none;
  found("warning unchecked", bearer_with(claims()), none, "login");
  found("error token_expired, warning unchecked", bearer_with(R"({"user_id":2,"exp":1})"), none);
  found("warning unchecked",
        bearer_with(R"({"token_type":"access","uid":2,"exp":)" + from_now(300) + '}'), none);
  found("error invalid_token, warning unchecked",
        bearer_with(R"({"token_type":"refresh","exp":)" + from_now(300) + '}'), none);
}

// The report and the worker never disagree.
TEST(faultless_is_what_the_worker_accepts) {
  for (const auto* const value : {"0", "1", "-1", "2.5", "\"2\"", "\"x\"", "null", "true", "[]",
                                  "{}", "99999999999999999999", "\"access\"", "\"refresh\""}) {
    for (const auto* const key : {"exp", "iat", "nbf", "user_id", "token_type", "iss", "aud"}) {
      for (const auto* const header :
           {R"({"alg":"HS256"})", R"({"alg":"HS256","typ":"jwt"})", R"({"alg":"HS256","kid":7})",
            R"({"alg":"HS256","b64":true})"}) {
        std::string text = std::string("{\"") + key + "\":" + value;
        if (std::string_view(key) != "exp") text += R"(,"exp":)" + from_now(300);
        if (std::string_view(key) != "user_id") text += R"(,"user_id":2)";
        const auto token = bearer_with(text + '}', header);
        same(access::verify_bearer(token, hs256_rules(), kNine).has_value(),
             cli::inspect(token, clinic_config(), kNine).faultless(), header + text);
      }
    }
  }
}

}  // namespace
