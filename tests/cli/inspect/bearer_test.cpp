#include "cli/inspect/inspected.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"

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

TEST(times_with_fractions_and_exponents_are_shown_rounded_down) {
  const auto report = found("", bearer_with(R"({"user_id":2,"iat":1.7632836e9,"nbf":)" + kNow +
                                            R"(.75,"exp":)" + from_now(300) + ".999}"));
  same("2025-11-16T09:00:00Z (now)", value_of(report, "issued"));
  same("2025-11-16T09:00:00Z (now)", value_of(report, "valid from"));
  same("2025-11-16T09:05:00Z (in 5 minutes)", value_of(report, "expires"));
  same("5 minutes", value_of(report, "life"));
}

TEST(a_time_that_is_none_is_told_why) {
  for (const auto& [exp, why] : {std::pair{"-0.5", "is negative"},
                                 {"1e300", "past the year 9999"},
                                 {"1763283600000.5", "looks like milliseconds"},
                                 {"\"1763283600\"", "is text"},
                                 {"null", "is not a time"},
                                 {"true", "is not a time"}}) {
    found("error invalid_token", bearer_with(std::string(R"({"user_id":2,"exp":)") + exp + '}'),
          clinic_config(), why);
  }
}

TEST(issuer_and_audience_must_match_where_they_are_set) {
  config::Config config = clinic_config();
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
  const config::Config none;
  found("warning unchecked", bearer_with(claims()), none, "login");
  found("error token_expired, warning unchecked", bearer_with(R"({"user_id":2,"exp":1})"), none);
  found("warning unchecked",
        bearer_with(R"({"token_type":"access","uid":2,"exp":)" + from_now(300) + '}'), none);
  found("error invalid_token, warning unchecked",
        bearer_with(R"({"token_type":"refresh","exp":)" + from_now(300) + '}'), none);
}

TEST(a_list_of_audiences_is_shown_and_judged) {
  config::Config config = clinic_config();
  const auto shown_in = [&](const std::string& list, std::string_view wanted = "",
                            std::string_view part = "") {
    return value_of(found(wanted, bearer_with(claims(R"(,"aud":)" + list)), config, part),
                    "audience");
  };
  same("roomkey, account", shown_in(R"(["roomkey","account"])"));
  config.bearer->audience = "roomkey";
  same("account, roomkey", shown_in(R"(["account","roomkey"])"));
  same("account, 7, (a list)", shown_in(R"(["account",7,["roomkey"]])", "error invalid_token",
                                        "(aud) is account, 7, (a list), and ROOMKEY_JWT_AUDIENCE"));
  same("(an empty list)", shown_in("[]", "error invalid_token", "(aud) is (an empty list)"));
  same("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, and 2 more",
       shown_in("[1,2,3,4,5,6,7,8,9,10,11,12]", "error invalid_token", "and 2 more"));
}

// A report of a token by `key`, where the login's secrets are these.
std::string said_of_signature(std::string_view key, std::string_view current,
                              std::string_view previous = "") {
  config::Config config = clinic_config();
  const auto algorithm = config.bearer->keys.algorithm;
  config.bearer->keys.keys.clear();
  config.bearer->keys.keys.push_back(crypto::Key::from_secret(current, algorithm).value());
  cli::inspect::LoginSecret secrets[] = {{"ROOMKEY_JWT_SECRET", crypto::Secret(current)},
                                         {"ROOMKEY_JWT_PREVIOUS_SECRET", crypto::Secret(previous)}};
  const auto token = signed_by(key, R"({"alg":"HS256"})", claims());
  const auto text = cli::inspect::to_text(cli::inspect::inspect(token, config, kNine, secrets));
  expect(!contains(text, "[OK]") && contains(text, "[FAILED] 1 fault\n"), text);
  expect(!contains(text, current) && (key.size() < 20 || !contains(text, key)), text);
  return text;
}

TEST(a_secret_that_the_login_decodes_is_named) {
  const std::string bytes = "\xfb\xff\x01 thirty-two random bytes! \x90\x80";
  const std::string url = crypto::base64url(bytes);
  const std::string plain = crypto::base64(bytes);
  expect(contains(plain, "+") && plain.ends_with('='), plain);
  for (const auto& secret : {url, url + "=", plain, plain.substr(0, plain.find('='))}) {
    const auto text = said_of_signature(bytes, secret);
    expect(contains(text, "signed with the base64-decoded value of ROOMKEY_JWT_SECRET."), text);
    expect(contains(text, "name that file in ROOMKEY_JWT_SECRET_FILE"), text);
    expect(contains(said_of_signature(bytes, "another", secret),
                    "the base64-decoded value of ROOMKEY_JWT_PREVIOUS_SECRET."));
  }
  // What is no canonical base64 is decoded by many all the same.
  expect(contains(said_of_signature("\xb2\x3d\xcd", "sj3Nx"), "the base64-decoded value"));
  for (const auto* const secret : {"00ff10Ab", "00FF10AB"}) {
    expect(contains(said_of_signature(std::string("\0\xff\x10\xab", 4), secret),
                    "the hex-decoded value of ROOMKEY_JWT_SECRET."),
           secret);
  }
}

TEST(a_secret_that_the_login_has_in_another_spelling_is_named) {
  const std::string secret = "\xfb\xff\x01 thirty-two random bytes! \x90\x80";
  const std::string plain = crypto::base64(secret);
  for (const auto& [key, says] :
       {std::pair{plain, "ROOMKEY_JWT_SECRET in base64."},
        {plain.substr(0, plain.find('=')), "ROOMKEY_JWT_SECRET in base64 without padding."},
        {crypto::base64url(secret), "ROOMKEY_JWT_SECRET in base64url."},
        {crypto::to_hex(secret), "ROOMKEY_JWT_SECRET in hexadecimal."},
        {secret + '\n', "ROOMKEY_JWT_SECRET with a line break behind it."},
        {'"' + secret + '"', "ROOMKEY_JWT_SECRET with quotes around it."}}) {
    expect(contains(said_of_signature(key, secret), "signed with " + std::string(says)), says);
  }
  for (const std::string around : {"\"x\"", "'x'", " x", "x\t"}) {
    expect(contains(said_of_signature("x", around), "without the blanks or quotes around it"),
           around);
  }
  expect(contains(said_of_signature("the key of somebody else", secret), "another key"));
}

TEST(a_token_type_that_must_stand_there_is_named) {
  config::Config config = clinic_config();
  config.bearer->token_type = "access";
  found("", bearer_with(claims()), config);
  const std::string plain = R"({"user_id":2,"exp":)" + from_now(300) + '}';
  found("error invalid_token", bearer_with(plain), config, "ROOMKEY_JWT_TOKEN_TYPE is access");
  config.bearer->token_type = "at";
  found("error invalid_token", bearer_with(claims()), config, "and must be at");
}

TEST(a_life_that_is_long_is_named) {
  config::Config config = clinic_config();
  const auto lives = [](std::int64_t seconds) {
    return bearer_with(R"({"user_id":2,"iat":)" + from_now(0) + R"(,"exp":)" + from_now(seconds) +
                       '}');
  };
  found("", lives(86400), config);
  found("warning long_life", lives(86401), config, "ROOMKEY_JWT_MAX_HOURS");
  config.bearer->longest_life = std::chrono::hours{48};
  found("", lives(2 * 86400), config);
  found("error invalid_token", lives(2 * 86400 + 1), config, "and ROOMKEY_JWT_MAX_HOURS is 48");
  found("error invalid_token", bearer_with(R"({"user_id":2,"exp":)" + from_now(300) + '}'), config,
        "has no iat");
}

// The report and the worker never disagree.
TEST(faultless_is_what_the_worker_accepts) {
  for (const auto* const value :
       {"0", "1", "-1", "2.5", "-0.5", "2e9", "1e300", "1763283600.5", "\"2\"", "\"x\"", "null",
        "true", "[]", "{}", "99999999999999999999", "\"access\"", "\"refresh\""}) {
    for (const auto* const key : {"exp", "iat", "nbf", "user_id", "token_type", "iss", "aud"}) {
      for (const auto* const header :
           {R"({"alg":"HS256"})", R"({"alg":"HS256","typ":"jwt"})", R"({"alg":"HS256","kid":7})",
            R"({"alg":"HS256","b64":true})"}) {
        std::string text = std::string("{\"") + key + "\":" + value;
        if (std::string_view(key) != "exp") text += R"(,"exp":)" + from_now(300);
        if (std::string_view(key) != "user_id") text += R"(,"user_id":2)";
        const auto token = bearer_with(text + '}', header);
        same(access::verify_bearer(token, hs256_rules(), kNine).has_value(),
             cli::inspect::inspect(token, clinic_config(), kNine).faultless(), header + text);
      }
    }
  }
}

}  // namespace
