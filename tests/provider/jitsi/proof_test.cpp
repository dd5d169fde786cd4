#include "provider/jitsi/proof.hpp"

#include "cli/check/checked.hpp"
#include "provider/jitsi/jitsi_clinic.hpp"
#include "support/clinic.hpp"

namespace jitsi_proof_test {

using namespace roomkey;
using namespace roomkey::test;
using namespace std::chrono_literals;
using provider::Https;
using provider::jitsi::ScriptAnswer;

void said(std::string_view wanted, const ScriptAnswer& answer, std::string_view part = "") {
  base::Findings findings;
  provider::jitsi::check_script(findings, answer);
  came_out(wanted, findings, part);
}

ScriptAnswer there(std::optional<std::chrono::seconds> ahead) {
  return {.host = "meet.clinic.example", .status = 200, .is_script = true, .clock_ahead = ahead};
}

TEST(the_script_is_asked_where_a_browser_loads_it) {
  same("https://meet.clinic.example/external_api.js",
       provider::jitsi::script_url(jitsi_settings()));
  same("https://8x8.vc/" + jaas_settings().app_id + "/external_api.js",
       provider::jitsi::script_url(jaas_settings()));
}

TEST(jitsi_that_is_there_says_the_time) {
  said("ok jitsi_domain, ok jitsi_clock", there(2s));
  said("ok jitsi_domain, warn jitsi_clock", there(8s), "8 seconds ahead of");
  said("ok jitsi_domain, error jitsi_clock", there(-90s), "behind that of meet.clinic.example");
  said("ok jitsi_domain, warn jitsi_clock", there(std::nullopt), "not compared");
}

TEST(what_is_not_jitsi_is_said) {
  auto other = there(0s);
  other.is_script = false;
  said("error jitsi_domain", other, "HTTP 200 and not with");
  said("error jitsi_domain", {.host = "meet.clinic.example", .status = 404}, "HTTP 404");
  said("error jitsi_domain",
       {.host = "meet.clinic.example", .failure = Https::Failure::name, .why = "no such name"},
       "can't be reached: no such name");
}

TEST(nobody_there_is_no_answer) {
  const auto answer = provider::jitsi::ask_script("http://127.0.0.1:1/external_api.js", kNine);
  same(0, answer.status);
  same("127.0.0.1:1", answer.host);
  expect(!answer.why.empty());
}

}  // namespace jitsi_proof_test
