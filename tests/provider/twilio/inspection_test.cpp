#include "cli/inspect/inspected.hpp"

namespace inspection_test {

using namespace roomkey;
using namespace roomkey::test;

constexpr const char* kHeader = R"({"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1"})";
constexpr const char* kAccount = "AC0123456789abcdef0123456789abcdef";
constexpr const char* kKey = "SKfedcba9876543210fedcba9876543210";
const std::string kGrants = R"({"identity":"2-jane.doe@example.com","video":{"room":"apt-47"}})";

struct Parts {
  std::string header = kHeader;
  std::string issuer = kKey;
  std::string subject = kAccount;
  std::string times = R"("iat":)" + kNow + R"(,"exp":)" + from_now(5400);
  std::string grants = kGrants;
  std::string secret = "not-a-real-secret-0123456789abcd";
};

std::string token(const Parts& parts = {}) {
  return signed_by(parts.secret, parts.header,
                   R"({"iss":")" + parts.issuer + R"(","sub":")" + parts.subject + "\"," +
                       parts.times + R"(,"grants":)" + parts.grants + '}');
}

std::string with_header(const std::string& header) {
  Parts parts;
  parts.header = header;
  return token(parts);
}
std::string with_sids(const std::string& issuer, const std::string& subject) {
  Parts parts;
  parts.issuer = issuer;
  parts.subject = subject;
  return token(parts);
}
std::string with_times(const std::string& times) {
  Parts parts;
  parts.times = times;
  return token(parts);
}
std::string with_grants(const std::string& grants) {
  Parts parts;
  parts.grants = grants;
  return token(parts);
}
std::string with_secret(const std::string& secret) {
  Parts parts;
  parts.secret = secret;
  return token(parts);
}

config::Config region_config(const std::string& region) {
  config::Config config = clinic_config();
  config.twilio.token = twilio_settings(region);
  return config;
}

std::string minted(const config::Config& config) {
  const access::Grant grant{47, std::string(kRoom), 2, "jane.doe@example.com", 90min};
  return accepted(provider::twilio::Tokens(config.twilio.token).mint(grant, kNine)).token;
}

TEST(what_roomkey_mints_has_no_fault) {
  const auto report = found("", minted(clinic_config()));
  same("twilio", report.kind);
  expect(report.faultless());
  same("2-jane.doe@example.com", value_of(report, "identity"));
  same(kRoom, value_of(report, "room"));
  same("SKfedc...3210 (TWILIO_API_KEY)", value_of(report, "API key"));
  same("AC0123...cdef (TWILIO_ACCOUNT_SID)", value_of(report, "account"));
  same("2025-11-16T09:00:00Z (now)", value_of(report, "issued"));
  same("2025-11-16T10:30:00Z (in 1 hour 30 minutes)", value_of(report, "expires"));
  same("1 hour 30 minutes", value_of(report, "life"));
  same("made with TWILIO_API_SECRET", value_of(report, "signature"));
}

TEST(a_header_that_is_not_twilio_s_is_20102) {
  found("error 20102", with_header(R"({"alg":"HS512","typ":"JWT","cty":"twilio-fpa;v=1"})"));
  found("error 20102", with_header(R"({"alg":"HS256","cty":"twilio-fpa;v=1"})"));
  found("error 20102", with_header(R"({"alg":"HS256","typ":"JWT"})"), clinic_config(),
        "cty is missing, and must be twilio-fpa;v=1");
  found("error 20102", with_header(R"({"alg":"HS256","typ":"JWT","cty":"twilio-pkrv;v=1"})"));
  found("error 20102", with_header(R"({"alg":"HS256","typ":"JWT","cty":["twilio-fpa;v=1"]})"));
}

TEST(a_region_is_a_warning_where_video_cares) {
  found("", minted(region_config("us1")), region_config("us1"));
  const auto report = found("warning 20103", minted(region_config("au1")), region_config("au1"),
                            "must be one of region US1");
  expect(report.faultless());
  same("au1 (twr)", value_of(report, "region"));
  found("warning 53000, warning 20103", minted(region_config("xx9")), region_config("xx9"));
  found("warning 20103, warning 20103", minted(region_config("au1")), clinic_config(),
        "would put no region");
  found("warning 20103", minted(region_config("au1")), config::Config(region_config("au1")));
  found("warning 53000, warning 20103",
        with_header(R"({"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1","twr":7})"));
  config::Config off = region_config("au1");
  off.twilio.token.stamp_region = false;
  found("", minted(off), off);
}

TEST(wrong_issuers_and_subjects_are_20103) {
  found("error 20103", with_sids(kAccount, kKey), clinic_config(), "swapped");
  found("error 20103", with_sids(kAccount, kAccount), clinic_config(), "is an account SID");
  found("error 20103", with_sids("", kAccount), clinic_config(), "no issuer");
  found("error 20103", with_sids(kKey, ""), clinic_config(), "no subject");
  found("error 20103", with_sids("SK0123", kAccount), clinic_config(), "not the SID of an API key");
  found("error 20103", with_sids(kKey, kKey), clinic_config(), "not the SID of an account");
  found("error 20103", with_sids("SK0123456789abcdef0123456789abcdef", kAccount), clinic_config(),
        "another API key");
  found("error 20103", with_sids(kKey, "ACfedcba9876543210fedcba9876543210"), clinic_config(),
        "another account");
}

TEST(a_secret_in_a_sid_s_place_is_not_shown) {
  const std::string secret = "0123456789abcdef0123456789ABCDEF";
  for (const auto& wrong : {with_sids(secret, kAccount), with_sids(kKey, secret)}) {
    const auto text = text_of(wrong);
    expect(!contains(text, "ABCDEF") && contains(text, "no SID: 32 characters"), text);
  }
}

TEST(expired_is_20104) {
  const auto old = R"("iat":)" + from_now(-9000) + R"(,"exp":)" + from_now(-3600);
  const auto report = found("error 20104", with_times(old), clinic_config(), "expired 1 hour ago");
  expect(!report.faultless());
  found("error 20104", with_times(R"("iat":)" + from_now(-9) + R"(,"exp":)" + kNow));
  found("", with_times(R"("iat":)" + from_now(-9) + R"(,"exp":)" + from_now(1)));
}

TEST(a_life_over_a_day_is_20104) {
  const auto life = [](std::int64_t seconds) {
    return with_times(R"("iat":)" + kNow + R"(,"exp":)" + from_now(seconds));
  };
  found("", life(86400));
  found("error 20104", life(86401), clinic_config(), "20157");
  found("error 20104", with_times(R"("exp":)" + from_now(86401)), clinic_config(), "1 day");
  found("error 20104", with_times(R"("iat":)" + kNow + R"(,"exp":)" + kNow + "000"),
        clinic_config(), "milliseconds");
}

TEST(times_that_are_none_are_named) {
  found("error 20104", with_times(R"("iat":)" + kNow), clinic_config(), "no time of expiry");
  for (const auto* const bad :
       {"\"1763287200\"", "null", "true", "[]", "-1", "1e300", "99999999999999999999999999"}) {
    found("error 20104", with_times(R"("iat":)" + kNow + R"(,"exp":)" + bad));
    found("error 20105", with_times(R"("exp":)" + from_now(60) + R"(,"iat":)" + bad));
  }
  const auto fraction = found("warning 20104", with_times(R"("exp":)" + from_now(60) + ".5"));
  expect(fraction.faultless());
  found("error 20104", with_times(R"("iat":)" + from_now(-60) + R"(,"exp":)" + from_now(-120)),
        clinic_config(), "expired");
}

TEST(not_yet_valid_is_20105) {
  const auto later = [](const std::string& claim, std::int64_t seconds) {
    return with_times('"' + claim + "\":" + from_now(seconds) + R"(,"exp":)" + from_now(5400));
  };
  found("", later("nbf", 5));
  found("error 20105", later("nbf", 6), clinic_config(), "its nbf is in 6 seconds");
  found("", later("iat", 5));
  found("error 20105", later("iat", 600), clinic_config(), "in 10 minutes");
}

TEST(grants_without_video_are_20106) {
  found("error 20106", with_grants("null"));
  found("error 20106", with_grants("[]"));
  found("error 20106", with_grants(R"({"identity":"2-jane"})"), clinic_config(), "no video grant");
  found("error 20106", with_grants(R"({"identity":"2-jane","video":"apt-47"})"));
  found("error 20106", with_grants(R"({"identity":"2-jane","video":{"room":47}})"));
}

TEST(a_grant_without_room_opens_every_room) {
  found("error any_room", with_grants(R"({"identity":"2-jane","video":{}})"));
  found("error any_room", with_grants(R"({"identity":"2-jane","video":{"room":""}})"));
}

TEST(an_identity_must_be_there_and_not_too_long) {
  const auto named = [](const std::string& identity) {
    return with_grants(R"({"identity":)" + identity + R"(,"video":{"room":"apt-47"}})");
  };
  found("error 53200", with_grants(R"({"video":{"room":"apt-47"}})"));
  found("error 53200", named("\"\""));
  found("error 53200", named("2"));
  found("", named('"' + std::string(128, 'j') + '"'));
  found("error 53200", named('"' + std::string(129, 'j') + '"'));
  found("error 53200", named('"' + std::string(127, 'j') + "\xC3\xAB\""));
}

TEST(other_grants_are_named) {
  const auto report =
      found("", with_grants(R"({"identity":"2","video":{"room":"a"},"chat":{},"voice":{}})"));
  same("chat, voice", value_of(report, "other grants"));
}

TEST(another_secret_is_20107) {
  found("error 20107", with_secret("another"), clinic_config(), "another secret");
  found("error 20107", with_secret(std::string(kSecret)), clinic_config(),
        "with the key of the clinic's login instead");
  found("error 20107", with_secret("not-a-real-stream-secret-0123456789"), clinic_config(),
        "with STREAM_API_SECRET instead");
  found("error 20107", with_secret(kKey), clinic_config(), "with TWILIO_API_KEY instead");
  found("error 20107", with_secret("not-a-real-secret-0123456789abcd\n"), clinic_config(),
        "a line break behind it");
  found("error 20107", with_secret("\"not-a-real-secret-0123456789abcd\""), clinic_config(),
        "quotes around it");
  const std::string good = token();
  found("error 20107", good.substr(0, good.rfind('.') + 1), clinic_config(), "not signed");
}

TEST(another_key_s_signature_is_not_judged) {
  Parts parts;
  parts.issuer = "SK0123456789abcdef0123456789abcdef";
  parts.secret = "its own";
  const auto report = found("error 20103", token(parts));
  same("not checked: it is another API key's", value_of(report, "signature"));
}

TEST(without_configuration_the_rest_is_checked) {
  const config::Config none;
  const auto report = found("warning unchecked", token(), none, "TWILIO_API_SECRET");
  expect(report.faultless());
  same("not checked", value_of(report, "signature"));
  found("error 20104, warning unchecked", with_times(R"("exp":1)"), none);
  found("error 20103, warning unchecked", with_sids(kAccount, kKey), none);
}

TEST(without_a_bearer_secret_the_rest_is_checked) {
  config::Config config = clinic_config();
  config.bearer.reset();
  found("", token(), config);
}

TEST(a_clinic_with_another_provider_is_told) {
  config::Config config;
  config.stream = stream_settings();
  found("warning unchecked, warning other_provider", token(), config, "set up for Stream");
}

}  // namespace inspection_test
