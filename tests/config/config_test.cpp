#include "roomkey/config/config.hpp"

#include "config/read.hpp"
#include "crypto/made_keys.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

TEST(without_any_variable_the_defaults_hold) {
  const Read read = reading({});
  same("", read.names());
  same("/var/lib/roomkey/roomkey.db", read.config.store.path);
  expect(read.config.store.sync == store::Sync::full);
  expect(!read.config.bearer);
  expect(read.config.bearer_missing.value().where == "ROOMKEY_JWT_SECRET");
  expect(!read.config.policy.join_early && !read.config.policy.join_late);
  same("", read.config.twilio.token.region);
  expect(read.config.twilio.token.stamp_region);
  const auto& rest = read.config.twilio.rest;
  same("https://api.twilio.com https://video.twilio.com", rest.api_url + ' ' + rest.video_url);
  same("", rest.media_region + rest.status_callback_url);
  expect(rest.api_secret.empty() && read.config.twilio.callback.auth_token.empty());
  same(2s, rest.connect_deadline);
  same(5s, rest.deadline);
  same("", read.config.meeting_url);
  expect(read.config.rooms == access::Rooms::booked);
  same("info", read.config.log_level);
  same(10, read.config.person_rate.value());
  same("", read.config.metrics_directory + read.config.certificate_file);
  same("/var/lib/roomkey/backups", read.config.backup_directory);
}

TEST(each_variable_lands_in_its_place) {
  const Read read = reading({{"ROOMKEY_DB", "/srv/x.db"},
                             {"ROOMKEY_AUDIT_SYNC", "normal"},
                             {"ROOMKEY_JWT_ALGORITHM", "HS512"},
                             {"ROOMKEY_JWT_SECRET", "current"},
                             {"ROOMKEY_JWT_PREVIOUS_SECRET", "previous"},
                             {"ROOMKEY_JWT_WEAK_SECRET", "allow"},
                             {"ROOMKEY_JWT_TOKEN_TYPE", "at"},
                             {"ROOMKEY_JWT_MAX_HOURS", "12"},
                             {"ROOMKEY_JWT_ISSUER", "issuer"},
                             {"ROOMKEY_JWT_AUDIENCE", "audience"},
                             {"ROOMKEY_JWT_USER_CLAIM", "sub"},
                             {"ROOMKEY_JWT_LEEWAY_SECONDS", "0"},
                             {"TWILIO_ACCOUNT_SID", "AC1"},
                             {"TWILIO_API_KEY", "SK1"},
                             {"TWILIO_API_SECRET", "twilio secret"},
                             {"TWILIO_REGION", "au1"},
                             {"TWILIO_REGION_HEADER", "off"},
                             {"TWILIO_ROOMS", "ad-hoc"},
                             {"TWILIO_AUTH_TOKEN", "auth token"},
                             {"TWILIO_API_URL", "https://api.example//"},
                             {"TWILIO_VIDEO_URL", "http://127.0.0.1:8080/video/"},
                             {"TWILIO_MEDIA_REGION", "de1"},
                             {"TWILIO_STATUS_CALLBACK_URL", "https://x.example/callback/?a=b"},
                             {"NEXT_PUBLIC_STREAM_API_KEY", "stream key"},
                             {"STREAM_API_SECRET", "stream secret"},
                             {"STREAM_TOKEN_MINUTES", "1440"},
                             {"STREAM_UNBOUND_TOKENS", "on"},
                             {"STREAM_API_URL", "http://127.0.0.1:8081/"},
                             {"ROOMKEY_ROOMS", "asked"},
                             {"ROOMKEY_FRONTEND_URL", "https://app.example//"},
                             {"ROOMKEY_JOIN_EARLY_MINUTES", "15"},
                             {"ROOMKEY_JOIN_LATE_MINUTES", "0"},
                             {"ROOMKEY_LOG_LEVEL", "warn"},
                             {"ROOMKEY_METRICS_DIR", "/run/x"},
                             {"ROOMKEY_BACKUP_DIR", "/srv/backups"},
                             {"ROOMKEY_CERTIFICATE_FILE", "/etc/x.pem"},
                             {"SOMETHING_ELSE", "ignored"}});
  same("", read.names());
  const config::Config& config = read.config;
  same("/srv/x.db", config.store.path);
  expect(config.store.sync == store::Sync::normal);
  const auto& bearer = config.bearer.value();
  expect(bearer.keys.algorithm == crypto::Algorithm::hs512);
  same(2, bearer.keys.keys.size());
  expect(config.weak_bearer_secret);
  same("at", bearer.token_type);
  same(std::optional(12h), bearer.longest_life);
  expect(config.stream.unbound_tokens);
  same("http://127.0.0.1:8081", config.stream.api_url);
  same("issuer audience sub", bearer.issuer + ' ' + bearer.audience + ' ' + bearer.user_claim);
  same(0s, bearer.leeway);
  same("AC1 SK1", config.twilio.token.account_sid + ' ' + config.twilio.token.api_key);
  same("twilio secret", config.twilio.token.api_secret.reveal());
  same("au1", config.twilio.token.region);
  expect(!config.twilio.token.stamp_region);
  const auto& rest = config.twilio.rest;
  same("AC1 SK1", rest.account_sid + ' ' + rest.api_key);
  same("twilio secret", rest.api_secret.reveal());
  same("https://api.example", rest.api_url);
  same("http://127.0.0.1:8080/video", rest.video_url);
  same("de1", rest.media_region);
  same("https://x.example/callback/?a=b", rest.status_callback_url);
  same("auth token", config.twilio.callback.auth_token.reveal());
  same("stream key", config.stream.api_key);
  same("stream secret", config.stream.api_secret.reveal());
  same(24h, config.stream.token_validity);
  expect(config.rooms == access::Rooms::asked);
  same("https://app.example/video-session/{room}", config.meeting_url);
  same(std::optional(15min), config.policy.join_early);
  same(std::optional(0min), config.policy.join_late);
  same("warn", config.log_level);
  same("/run/x /srv/backups /etc/x.pem",
       config.metrics_directory + ' ' + config.backup_directory + ' ' + config.certificate_file);
}

TEST(tells_every_fault_at_once_and_no_value) {
  const Variables bad{{"ROOMKEY_DB", "mysql://clinic:hunter2@db.example/roomkey"},
                      {"ROOMKEY_AUDIT_SYNC", "hunter2"},
                      {"ROOMKEY_JWT_ALGORITHM", "none"},
                      {"ROOMKEY_JWT_SECRET", "hunter2"},
                      {"ROOMKEY_JWT_SECRET_FILE", "/hunter2"},
                      {"ROOMKEY_JWT_LEEWAY_SECONDS", "hunter2"},
                      {"ROOMKEY_JWT_MAX_HOURS", "0"},
                      {"ROOMKEY_JWT_WEAK_SECRET", "hunter2"},
                      {"STREAM_UNBOUND_TOKENS", "hunter2"},
                      {"STREAM_API_URL", "http://hunter2.example"},
                      {"ROOMKEY_JOIN_EARLY_MINUTES", "-1"},
                      {"ROOMKEY_JOIN_LATE_MINUTES", "99999999999999999999"},
                      {"TWILIO_API_SECRET_FILE", "/no/such/hunter2"},
                      {"TWILIO_REGION_HEADER", "yes"},
                      {"TWILIO_REGION", "Hunter2!"},
                      {"TWILIO_ROOMS", "hunter2"},
                      {"TWILIO_AUTH_TOKEN_FILE", "/no/such/hunter2"},
                      {"TWILIO_API_URL", "http://hunter2.example"},
                      {"TWILIO_VIDEO_URL", "https://user:hunter2@video.example"},
                      {"TWILIO_MEDIA_REGION", "hunter2!"},
                      {"TWILIO_STATUS_CALLBACK_URL", "hunter2.example"},
                      {"STREAM_API_SECRET_FILE", "/no/such/hunter2"},
                      {"STREAM_TOKEN_MINUTES", "0"},
                      {"ROOMKEY_ROOMS", "hunter2"},
                      {"ROOMKEY_FRONTEND_URL", "hunter2.example"},
                      {"ROOMKEY_MEETING_URL", "https://user:hunter2@app.example/{id}"},
                      {"ROOMKEY_LOG_LEVEL", "loud"}};
  const Read read(bad);
  for (const auto& [name, value] : bad) {
    if (name == "ROOMKEY_JWT_SECRET_FILE") continue;  // one fault for the pair
    expect(contains(read.names(), name + ' '), name + " is not among " + read.names());
  }
  same(bad.size() - 1, read.faults.size(), read.names());
  for (const auto& fault : read.faults) {
    expect(!contains(fault.text(), "hunter2") && !contains(fault.text(), "Hunter2"), fault.text());
  }
}

TEST(a_meeting_url_of_its_own_goes_before_the_frontend_s) {
  const Variables both{{"ROOMKEY_FRONTEND_URL", "https://app.example"},
                       {"ROOMKEY_MEETING_URL", "https://visit.example/{id}"}};
  same("https://visit.example/{id}", Read(both).config.meeting_url);
  const auto fault_of = [](const char* name, const char* value) {
    return Read(Variables{{name, value}}).names();
  };
  expect(contains(fault_of("ROOMKEY_MEETING_URL", "https://visit.example/{appointment}"),
                  "ROOMKEY_MEETING_URL "));
  expect(
      contains(fault_of("ROOMKEY_FRONTEND_URL", "https://app .example"), "ROOMKEY_FRONTEND_URL "));
}

TEST(knows_every_algorithm_by_its_exact_name) {
  for (const auto algorithm : kAlgorithms) {
    same("", reading({{"ROOMKEY_JWT_ALGORITHM", std::string(name(algorithm))}}).names());
  }
  for (const auto* const other : {"hs256", "none", "PS256", "ES512", "HS256,RS256"}) {
    same("ROOMKEY_JWT_ALGORITHM ", reading({{"ROOMKEY_JWT_ALGORITHM", other}}).names(), other);
  }
}

TEST(a_stream_key_may_stand_under_either_name_but_not_as_two_keys) {
  for (const auto& [name, other] : {std::pair{"STREAM_API_KEY", "NEXT_PUBLIC_STREAM_API_KEY"},
                                    std::pair{"NEXT_PUBLIC_STREAM_API_KEY", "STREAM_API_KEY"}}) {
    same("one", reading({{name, "one"}}).config.stream.api_key);
    same(60min, reading({{name, "one"}}).config.stream.token_validity);
    same("", reading({{name, "one"}, {other, "one"}}).names());
    const Read read = reading({{name, "one"}, {other, "two"}});
    same("STREAM_API_KEY ", read.names());
    expect(contains(read.faults.at(0).why, "NEXT_PUBLIC_STREAM_API_KEY"), read.faults.at(0).why);
  }
  same("STREAM_TOKEN_MINUTES ", reading({{"STREAM_TOKEN_MINUTES", "1441"}}).names());
}

TEST(an_address_that_gets_the_secret_is_https_or_this_machine) {
  for (const auto* const name :
       {"TWILIO_API_URL", "TWILIO_VIDEO_URL", "TWILIO_STATUS_CALLBACK_URL"}) {
    for (const auto* const good : {"https://x.example", "https://x.example:8443/base/",
                                   "http://127.0.0.1:8080", "http://[::1]/", "http://localhost"}) {
      same("", reading({{name, good}}).names(), good);
    }
    for (const auto* const bad :
         {"http://x.example", "https://user@x.example", "https://user:word@x.example", "x.example",
          "https://x.example/a b", " https://x.example", "ftp://x.example", "https://", "/"}) {
      same(std::string(name) + ' ', reading({{name, bad}}).names(), bad);
    }
    const bool callback = std::string_view(name) == "TWILIO_STATUS_CALLBACK_URL";
    same(callback ? "" : std::string(name) + ' ',
         reading({{name, "https://x.example/?a"}}).names());
  }
}

TEST(a_person_s_rate_is_a_number_or_off) {
  same(1, reading({{"ROOMKEY_PERSON_RATE", "1"}}).config.person_rate.value());
  same(10000, reading({{"ROOMKEY_PERSON_RATE", "10000"}}).config.person_rate.value());
  const Read off = reading({{"ROOMKEY_PERSON_RATE", "off"}});
  same("", off.names());
  expect(!off.config.person_rate);
  for (const auto* const bad : {"0", "10001", "-1", "1.5", "OFF", "on", "10/s"}) {
    same("ROOMKEY_PERSON_RATE ", reading({{"ROOMKEY_PERSON_RATE", bad}}).names(), bad);
  }
}

}  // namespace
