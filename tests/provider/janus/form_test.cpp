#include "provider/janus/form.hpp"

#include "cli/check/checked.hpp"
#include "config/read.hpp"
#include "provider/janus/janus_clinic.hpp"

namespace janus_form_test {

using namespace roomkey;
using namespace roomkey::test;
using provider::janus::Configuration;

base::Findings said(const Configuration& settings, bool usable) {
  base::Findings findings;
  same(usable, provider::janus::check_variables(findings, settings));
  const auto text = cli::check::to_text(findings, "");
  for (const auto* const secret : {&settings.token_secret, &settings.admin_key}) {
    expect(secret->size() < 20 || !contains(text, secret->reveal()), text);
  }
  return findings;
}

TEST(janus_s_variables_are_looked_at) {
  came_out("ok JANUS_URL, ok JANUS_TOKEN_SECRET, ok JANUS_ADMIN_KEY", said(janus_settings(), true));
  came_out("error JANUS_URL, error JANUS_TOKEN_SECRET, error JANUS_ADMIN_KEY", said({}, false));
  auto settings = janus_settings();
  settings.url = "ws://127.0.0.1:8188";
  settings.token_secret = crypto::Secret("short");
  settings.admin_key = crypto::Secret("supersecret");
  came_out("warn JANUS_URL, warn JANUS_TOKEN_SECRET, error JANUS_ADMIN_KEY", said(settings, true),
           "everybody knows");
  settings = janus_settings();
  settings.admin_key = crypto::Secret(kJanusSecret);
  came_out("ok JANUS_URL, ok JANUS_TOKEN_SECRET, ok JANUS_ADMIN_KEY, error JANUS_ADMIN_KEY",
           said(settings, false), "the same");
  settings = janus_settings();
  settings.token_secret = crypto::Secret("\"" + std::string(kJanusSecret) + "\"");
  came_out("ok JANUS_URL, error JANUS_TOKEN_SECRET, ok JANUS_ADMIN_KEY", said(settings, false),
           "quotes");
  settings.token_secret = crypto::Secret("bm90LWEtcmVhbC1zZWNyZXQtMDEyMw==");
  came_out("ok JANUS_URL, ok JANUS_TOKEN_SECRET, ok JANUS_ADMIN_KEY", said(settings, true));
}

TEST(janus_s_addresses_are_read_as_people_write_them) {
  const auto api = [](const std::string& url) {
    return reading({{"JANUS_API_URL", url}}).config.janus.api_url;
  };
  same("http://127.0.0.1:8088/janus", api(""));
  same("http://127.0.0.1:8088/janus", api("http://127.0.0.1:8088"));
  same("http://127.0.0.1:8088/janus", api("http://127.0.0.1:8088/janus/"));
  same("https://janus.clinic.example/rtc", api("https://janus.clinic.example/rtc"));
  expect(
      contains(reading({{"JANUS_API_URL", "http://janus.clinic.example"}}).names(), "JANUS_API"));
  expect(contains(reading({{"JANUS_URL", "https://a.example"}}).names(), "JANUS_URL"));
}

TEST(a_value_that_can_t_be_janus_s_is_refused_as_it_is_typed) {
  using provider::janus::wrong_value;
  same("", wrong_value("JANUS_URL", "wss://video.clinic.example/janus"));
  same("", wrong_value("JANUS_URL", "ws://localhost:8188"));
  for (const char* const bad :
       {"", "https://video.clinic.example/janus", "ws://video.clinic.example",
        "wss://user:word@video.clinic.example", "wss:/x", "video.clinic.example"}) {
    expect(!wrong_value("JANUS_URL", bad).empty(), bad);
  }
  expect(!wrong_value("JANUS_TOKEN_SECRET", "janus").empty());
  same("", wrong_value("JANUS_ADMIN_KEY", kJanusKey));
}

}  // namespace janus_form_test
