#include "provider/jitsi/proof.hpp"

#include "provider/reach.hpp"
#include "roomkey/base/words.hpp"

namespace roomkey::provider::jitsi {

namespace {

using std::chrono::seconds;

void check_clock(base::Findings& findings, const ScriptAnswer& answer) {
  constexpr seconds kWarn{5}, kError{60};
  if (!answer.clock_ahead) {
    return findings.warn(
        "jitsi_clock", "The clocks were not compared: Jitsi said no time.",
        "See that timedatectl says System clock synchronized: yes, here and there.");
  }
  const auto off = std::chrono::abs(*answer.clock_ahead);
  if (off <= kWarn) return findings.ok("jitsi_clock", "This machine's clock agrees with Jitsi's");
  const std::string text = "This machine's clock is " + base::in_words(off) +
                           (answer.clock_ahead->count() > 0 ? " ahead of" : " behind") +
                           " that of " + answer.host + '.';
  const std::string cure =
      "Set the wrong one: timedatectl set-ntp true. Prosody allows no second: a token is refused "
      "as "
      "not yet valid (roomkey dates it back by 10 seconds) or as expired.";
  off > kError ? findings.error("jitsi_clock", text, cure)
               : findings.warn("jitsi_clock", text, cure);
}

}  // namespace

std::string script_url(const TokenSettings& settings) {
  return "https://" + settings.domain + (settings.is_jaas() ? '/' + settings.app_id : "") +
         "/external_api.js";
}

ScriptAnswer ask_script(const std::string& url, std::chrono::sys_seconds now) {
  constexpr seconds kPatience{5};
  Https https({});
  ScriptAnswer answer{host_of(url)};
  const auto got = https.get(url, std::chrono::steady_clock::now() + kPatience);
  if (!got) {
    answer.failure = https.failure();
    answer.why = got.error().detail;
    return answer;
  }
  answer.status = got->status;
  answer.is_script = got->body.find("JitsiMeetExternalAPI") != std::string::npos;
  if (got->date) answer.clock_ahead = now - *got->date;
  return answer;
}

void check_script(base::Findings& findings, const ScriptAnswer& answer) {
  const std::string http = "HTTP " + std::to_string(answer.status);
  if (answer.status == 0) {
    return findings.error("jitsi_domain", answer.host + " can't be reached: " + answer.why + '.',
                          network_cure(answer.failure, answer.host));
  }
  if (answer.status != 200 || !answer.is_script) {
    return findings.error(
        "jitsi_domain",
        answer.host + " answers with " + http + " and not with Jitsi's external_api.js.",
        "See that JITSI_DOMAIN is the host that people open in their browsers (JaaS: 8x8.vc, and "
        "JITSI_APP_ID is right), and that Jitsi runs there.");
  }
  findings.ok("jitsi_domain", answer.host + " is there and serves Jitsi's external_api.js");
  check_clock(findings, answer);
}

}  // namespace roomkey::provider::jitsi
