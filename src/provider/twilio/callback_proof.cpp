#include "provider/reach.hpp"
#include "provider/twilio/proof.hpp"
#include "roomkey/base/json.hpp"

namespace roomkey::provider::twilio {

namespace {

using Failure = Https::Failure;

constexpr const char* kCallback = "callback";

constexpr const char* kFromOutside =
    "Where the clinic's router can't lead this machine to its own public address, ask from another "
    "network: curl -X POST ADDRESS must say bad_signature. Otherwise see that nginx runs, and that "
    "TCP port 443 is let in.";

// No answer came. The way in from Twilio may be open all the same, but for a name or a certificate
// that is wrong here and wrong there.
void say_unreachable(base::Findings& findings, const CallbackAnswer& answer) {
  const std::string text =
      "The callback's public address, " + answer.host + ", can't be reached: " + answer.why + '.';
  if (answer.failure == Failure::tls) {
    return findings.error(kCallback, text,
                          "Twilio calls only where the certificate is trusted by everybody and for "
                          "that name: get one, for instance from Let's Encrypt.");
  }
  if (answer.failure == Failure::name) {
    return findings.error(kCallback, text,
                          "Correct TWILIO_STATUS_CALLBACK_URL, or enter the name in the clinic's "
                          "public DNS.");
  }
  const bool asked = answer.failure != Failure::library;
  findings.warn(kCallback, text, asked ? kFromOutside : network_cure(answer.failure, answer.host));
}

std::string cure_for_status(int status) {
  if (status >= 502 && status <= 504) {
    return "No worker answers there: systemctl status 'roomkey-room@*', and nginx's log.";
  }
  if (status >= 300 && status <= 399) {
    return "Twilio follows no redirect with its signature: set TWILIO_STATUS_CALLBACK_URL to the "
           "address that it leads to.";
  }
  return "See that TWILIO_STATUS_CALLBACK_URL ends in /api/appointments/twilio-status-callback/ "
         "and "
         "that its name leads to this machine's nginx and the roomkey site.";
}

}  // namespace

CallbackAnswer ask_callback(const std::string& url, const std::string& ca_file) {
  constexpr std::chrono::seconds kDeadline{5}, kConnect{2};
  Https https({"", crypto::Secret(), kConnect, ca_file});
  CallbackAnswer result{host_of(url)};
  const auto answer = https.post(url, "", std::chrono::steady_clock::now() + kDeadline);
  if (!answer) {
    result.failure = https.failure();
    result.why = answer.error().detail;
    return result;
  }
  result.status = answer->status;
  const auto object = base::parse_json_object(answer->body);
  if (object) result.code = base::string_member(*object, "code").value_or("");
  return result;
}

void check_callback(base::Findings& findings, const CallbackAnswer& answer) {
  if (answer.status == 0) return say_unreachable(findings, answer);
  if (answer.status == 403 && answer.code == "bad_signature") {
    return findings.ok(kCallback, "The callback is reachable at " + answer.host +
                                      ", and refuses what Twilio did not sign");
  }
  findings.error(kCallback,
                 "The callback's public address, " + answer.host + ", answers with HTTP " +
                     std::to_string(answer.status) +
                     (answer.code.empty() ? std::string() : " (" + answer.code + ')') +
                     ", not as roomkey does.",
                 cure_for_status(answer.status));
}

}  // namespace roomkey::provider::twilio
