#include "cli/check/checked.hpp"
#include "cli/inspect/inspected.hpp"
#include "support/certificate.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using base::Findings;

base::Findings bearer_of(const std::vector<std::pair<std::string, std::string>>& variables,
                         std::chrono::sys_seconds now = kNine) {
  config::Environment environment;
  environment.set("ROOMKEY_JWT_WEAK_SECRET", "allow");
  environment.set("ROOMKEY_JWT_ISSUER", "clinic");
  environment.set("ROOMKEY_JWT_AUDIENCE", "rk");
  for (const auto& [name, value] : variables) environment.set(name, value);
  config::Faults faults;
  const config::Config config = config::read_config(environment, faults);
  same(0, faults.size());
  base::Findings findings;
  cli::check::check_bearer(findings, config, environment, now);
  for (const auto& [name, value] : variables) {
    expect(value.size() < 8 || !contains(cli::check::to_text(findings, ""), value), value);
  }
  return findings;
}

TEST(the_logins_key_must_be_there_and_strong) {
  const std::string strong(32, 'k');
  came_out("error ROOMKEY_JWT_SECRET", bearer_of({}), "must be set");
  came_out("ok ROOMKEY_JWT_SECRET", bearer_of({{"ROOMKEY_JWT_SECRET", strong}}), "32 bytes");
  came_out("warn ROOMKEY_JWT_SECRET", bearer_of({{"ROOMKEY_JWT_SECRET", strong.substr(1)}}),
           "has 31 bytes: too weak");
  came_out(
      "ok ROOMKEY_JWT_SECRET, warn ROOMKEY_JWT_PREVIOUS_SECRET",
      bearer_of({{"ROOMKEY_JWT_SECRET", strong}, {"ROOMKEY_JWT_PREVIOUS_SECRET", "short-one"}}));
  came_out("warn ROOMKEY_JWT_SECRET",
           bearer_of({{"ROOMKEY_JWT_SECRET", "django-insecure-" + strong}}), "development");
  for (const std::string& odd : {'"' + strong + '"', ' ' + strong, strong + '\t'}) {
    came_out("warn ROOMKEY_JWT_SECRET", bearer_of({{"ROOMKEY_JWT_SECRET", odd}}), "begins or ends");
  }
}

TEST(a_login_without_issuer_or_audience_is_warned_of) {
  const std::string strong(32, 'k');
  const auto said = [&](const std::string& issuer, const std::string& audience) {
    return bearer_of({{"ROOMKEY_JWT_SECRET", strong},
                      {"ROOMKEY_JWT_ISSUER", issuer},
                      {"ROOMKEY_JWT_AUDIENCE", audience}});
  };
  came_out("ok ROOMKEY_JWT_SECRET, warn ROOMKEY_JWT_ISSUER", said("", ""),
           "ROOMKEY_JWT_ISSUER and ROOMKEY_JWT_AUDIENCE are not set");
  came_out("ok ROOMKEY_JWT_SECRET, warn ROOMKEY_JWT_ISSUER", said("", "a"),
           "ROOMKEY_JWT_ISSUER is not set");
  came_out("ok ROOMKEY_JWT_SECRET, warn ROOMKEY_JWT_AUDIENCE", said("i", ""),
           "ROOMKEY_JWT_AUDIENCE is not set");
}

TEST(a_binary_key_has_no_blank_at_its_end) {
  const Folder folder;
  const auto file = folder.file("key", std::string(31, '\xFE') + '\n');
  came_out("ok ROOMKEY_JWT_SECRET", bearer_of({{"ROOMKEY_JWT_SECRET_FILE", file}}), "32 bytes");
}

TEST(the_login_s_certificate_or_private_key_is_a_warning) {
  const Certificate login("login.example", 90);
  const auto file_of = [](const std::string& file) {
    return std::vector<std::pair<std::string, std::string>>{{"ROOMKEY_JWT_ALGORITHM", "ES256"},
                                                            {"ROOMKEY_JWT_PUBLIC_KEY_FILE", file}};
  };
  const auto today = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  came_out("ok bearer_keys", bearer_of(file_of(login.pem), today + 59 * 24h));
  came_out("ok bearer_keys, warn bearer_keys", bearer_of(file_of(login.pem), today + 61 * 24h),
           "certificate which is valid until");
  came_out("ok bearer_keys, warn bearer_keys", bearer_of(file_of(login.key), today),
           "holds a private key");
}

TEST(a_token_of_each_provider_is_made_and_taken_apart) {
  const config::Config config = clinic_config();
  base::Findings findings;
  cli::check::check_token(findings, provider::twilio::kind(), config, kNine);
  cli::check::check_token(findings, provider::stream::kind(), config, kNine);
  came_out("ok twilio_token, ok stream_token", findings, "signature are right");
}

TEST(a_token_that_twilio_would_refuse_is_a_problem) {
  config::Config config = clinic_config();
  std::swap(config.twilio.token.account_sid, config.twilio.token.api_key);
  base::Findings findings;
  cli::check::check_token(findings, provider::twilio::kind(), config, kNine);
  came_out("error twilio_token", findings, "Issuer and subject are swapped");
}

TEST(a_token_that_can_not_be_made_is_a_problem) {
  config::Config config;
  config.twilio.token.account_sid = "AC";
  config.stream.api_key = "key";
  base::Findings findings;
  cli::check::check_token(findings, provider::twilio::kind(), config, kNine);
  cli::check::check_token(findings, provider::stream::kind(), config, kNine);
  came_out("error twilio_token, error stream_token", findings, "TWILIO_API_SECRET is not set");
}

}  // namespace
