#include "provider/jitsi/form.hpp"

#include "cli/check/checked.hpp"
#include "provider/jitsi/jitsi_clinic.hpp"
#include "roomkey/config/config.hpp"

namespace jitsi_form_test {

using namespace roomkey;
using namespace roomkey::test;
using provider::jitsi::TokenSettings;

void said(std::string_view wanted, const TokenSettings& settings, std::string_view part = "",
          test::Where where = test::here()) {
  base::Findings findings;
  const bool fit = provider::jitsi::check_variables(findings, settings);
  same(fit, findings.count(base::Finding::Level::error) == 0, "fit", where);
  const auto secret = settings.app_secret.reveal();
  expect(secret.size() < 8 || !contains(cli::check::to_text(findings, ""), std::string(secret)),
         "shown", where);
  came_out(wanted, findings, part, where);
}

TokenSettings with_secret(std::string_view secret) {
  auto settings = jitsi_settings();
  settings.app_secret = crypto::Secret(secret);
  return settings;
}

TEST(jitsi_s_variables_are_looked_at) {
  said("ok JITSI_APP_SECRET", jitsi_settings());
  said("warn JITSI_APP_SECRET", with_secret("short"), "moderator of every room");
  said("error JITSI_APP_SECRET", with_secret("clinic"), "same as JITSI_APP_ID");
  said("error JITSI_APP_SECRET", with_secret('"' + std::string(40, 's') + '"'), "quotes");
  said("error JITSI_APP_SECRET", with_secret(jaas_private_key()), "is a PEM file");
  said("error JITSI_APP_SECRET", with_secret(""), "is not set");
  auto settings = jitsi_settings();
  settings.domain = "https://meet.clinic.example/";
  said("error JITSI_DOMAIN", settings, "without https://");
  settings = jitsi_settings();
  settings.tenant = "*";
  said("error JITSI_TENANT", settings, "one tenant");
  settings = jitsi_settings();
  settings.app_id = "*";
  said("error JITSI_APP_ID", settings, "not *");
}

TEST(jaas_s_variables_are_looked_at) {
  said("ok JITSI_PRIVATE_KEY_FILE", jaas_settings());
  auto settings = jaas_settings();
  settings.app_id = "clinic";
  said("error JITSI_APP_ID", settings, "vpaas-magic-cookie-");
  settings = jaas_settings();
  settings.key_id = "abc123";
  said("error JITSI_KEY_ID", settings, "App ID/key");
  settings = jaas_settings();
  settings.private_key = {};
  said("error JITSI_PRIVATE_KEY_FILE", settings, "is not set");
}

std::string faults_of(std::initializer_list<std::pair<const char*, std::string>> variables) {
  config::Environment environment;
  environment.set("ROOMKEY_JWT_SECRET", std::string(40, 's'));
  for (const auto& [name, value] : variables) environment.set(name, value);
  config::Faults faults;
  static_cast<void>(config::read_config(environment, faults));
  std::string text;
  for (const auto& fault : faults) text += fault.text() + '\n';
  return text;
}

TEST(what_is_no_configuration_of_jitsi_s_is_a_fault) {
  const std::string key = "tests/vendor/jitsi_test_key.pem";
  same("", faults_of({{"JITSI_DOMAIN", "meet.clinic.example"}, {"JITSI_APP_ID", "clinic"}}));
  same("", faults_of({{"JITSI_PRIVATE_KEY_FILE", key}, {"JITSI_APP_ID", "a"}}));
  const auto both = faults_of({{"JITSI_PRIVATE_KEY_FILE", key},
                               {"JITSI_APP_SECRET", "s"},
                               {"JITSI_DOMAIN", "*"},
                               {"JITSI_TENANT", "a/b"}});
  expect(contains(both, "JITSI_APP_SECRET: is for a server of your own"), both);
  expect(contains(both, "JITSI_DOMAIN: must be a host") && contains(both, "JITSI_TENANT: "), both);
  std::string flat = jaas_private_key();
  for (auto at = flat.find('\n'); at != flat.npos; at = flat.find('\n')) flat[at] = ' ';
  expect(
      contains(faults_of({{"JITSI_PRIVATE_KEY", flat}}), "JITSI_PRIVATE_KEY: has lost its line"));
  const auto none = faults_of({{"JITSI_PRIVATE_KEY_FILE", "Makefile"}});
  expect(contains(none, "JITSI_PRIVATE_KEY_FILE: is no PEM file"), none);
}

}  // namespace jitsi_form_test
