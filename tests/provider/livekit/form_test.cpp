#include "provider/livekit/form.hpp"

#include "cli/check/checked.hpp"
#include "provider/livekit/settings.hpp"

namespace livekit_form_test {

using namespace roomkey;
using namespace roomkey::test;
using base::Findings;

const std::string kKey = "APIgoldenKey0047";
const std::string kLong(43, 's');

Findings said(const std::string& key, const std::string& secret,
              const std::string& url = "wss://video.clinic.example") {
  Findings findings;
  provider::livekit::Configuration configuration;
  configuration.token = {url, key, crypto::Secret(secret)};
  const bool fit = provider::livekit::check_variables(findings, configuration);
  same(fit, findings.count(base::Finding::Level::error) == 0);
  const std::string text = cli::check::to_text(findings, "");
  expect(secret.size() < 10 || !contains(text, secret), text);
  return findings;
}

TEST(livekit_s_address_key_and_secret_are_looked_at) {
  constexpr const char* kWell = "ok LIVEKIT_URL, ok LIVEKIT_API_KEY, ok LIVEKIT_API_SECRET";
  came_out(kWell, said(kKey, kLong));
  came_out(kWell, said(kKey, kLong + "=="), "45 characters");
  came_out("error LIVEKIT_URL", said(kKey, kLong, ""), "LIVEKIT_URL is not set");
  came_out("error LIVEKIT_API_KEY", said("", kLong), "LIVEKIT_API_KEY is not set");
  came_out("error LIVEKIT_API_SECRET", said(kKey, ""), "LIVEKIT_API_SECRET is not set");
  came_out("error LIVEKIT_API_KEY", said(kLong, kKey), "are swapped");
  came_out("error LIVEKIT_API_KEY", said(kLong, kLong), "is the same as");
  came_out("error LIVEKIT_API_SECRET", said(kKey, "APIanother"), "not its secret");
  came_out("error LIVEKIT_API_SECRET", said(kKey, '"' + kLong + '"'), "quotes");
  came_out("error LIVEKIT_API_SECRET", said(kKey, kLong + '\n'), "line break");
  came_out("error LIVEKIT_API_KEY", said(kKey + ' ', kLong), "blank");
  came_out("error LIVEKIT_API_KEY", said("KEY=" + kKey, kLong), "pasted along");
  came_out("ok LIVEKIT_URL, ok LIVEKIT_API_KEY, warn LIVEKIT_API_SECRET", said("devkey", "secret"),
           "6 characters");
}

TEST(what_setup_is_given_for_livekit_is_looked_at) {
  using provider::livekit::wrong_value;
  same("", wrong_value("LIVEKIT_URL", "wss://x.livekit.cloud"));
  same("", wrong_value("LIVEKIT_URL", "https://x.livekit.cloud"));
  same("", wrong_value("LIVEKIT_URL", "ws://127.0.0.1:7880"));
  for (const auto* const url :
       {"ws://video.clinic.example", "wss://a:b@h", "wss://h?x=1", "x", "wss://"}) {
    expect(!wrong_value("LIVEKIT_URL", url).empty(), url);
  }
  same("", wrong_value("LIVEKIT_API_KEY", kKey));
  expect(!wrong_value("LIVEKIT_API_KEY", kLong).empty());
  same("", wrong_value("LIVEKIT_API_SECRET", kLong));
  expect(!wrong_value("LIVEKIT_API_SECRET", kKey).empty());
}

TEST(livekit_s_address_is_a_socket_s_for_browsers_and_the_web_s_for_us) {
  using namespace provider::livekit;
  same("wss://h", as_socket("https://h/"));
  same("ws://localhost:7880", as_socket("http://localhost:7880"));
  same("wss://h", as_socket("wss://h"));
  same("https://h", as_web("wss://h/"));
  same("http://127.0.0.1:7880", as_web("ws://127.0.0.1:7880"));
  same("", as_web(""));
}

}  // namespace livekit_form_test
