#include "cli/check/checks.hpp"
#include "cli/inspect/inquiry.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/provider/https.hpp"

namespace roomkey::cli::check {

namespace {

using Failure = provider::Https::Failure;

constexpr const char* kName = "callback";

std::string_view cure_for(Failure failure) {
  switch (failure) {
    case Failure::name:
      return "See that this machine can look up names (getent hosts HOST; /etc/resolv.conf), and "
             "that the name is spelt right.";
    case Failure::connection:
    case Failure::deadline:
      return "See that a firewall lets this machine out to TCP port 443 (curl -sSI https://HOST). "
             "roomkey uses no proxy.";
    case Failure::tls:
      return "See that ca-certificates is installed and this machine's clock right, and that no "
             "firewall between opens the connection (openssl s_client -connect HOST:443).";
    case Failure::answer:
      return "Try again. If it stays so, something between this machine and HOST breaks the "
             "connection.";
  }
  return {};
}

std::string with_host(std::string_view cure, const std::string& host) {
  std::string text;
  for (std::size_t at = 0; at < cure.size();) {
    const bool here = cure.substr(at).starts_with("HOST");
    here ? text += host : text += cure[at];
    at += here ? 4 : 1;
  }
  return text;
}

constexpr const char* kFromOutside =
    "Where the clinic's router can't lead this machine to its own public address, ask from another "
    "network: curl -X POST ADDRESS must say bad_signature. Otherwise see that nginx runs, and that "
    "TCP port 443 is let in.";

// No answer came. The way in from Twilio may be open all the same, but for a name or a certificate
// that is wrong here and wrong there.
void say_unreachable(Checks& checks, const CallbackAnswer& answer) {
  const std::string text =
      "The callback's public address, " + answer.host + ", can't be reached: " + answer.why + '.';
  if (answer.failure == Failure::tls) {
    return checks.error(kName, text,
                        "Twilio calls only where the certificate is trusted by everybody and for "
                        "that name: get one, for instance from Let's Encrypt.");
  }
  if (answer.failure == Failure::name) {
    return checks.error(kName, text,
                        "Correct TWILIO_STATUS_CALLBACK_URL, or enter the name in the clinic's "
                        "public DNS.");
  }
  checks.warn(kName, text, kFromOutside);
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

std::string host_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == url.npos ? 0 : scheme + 3;
  return url.substr(begin, url.find_first_of("/?", begin) - begin);
}

std::string network_cure(Failure failure, const std::string& host) {
  return with_host(cure_for(failure), host);
}

CallbackAnswer ask_callback(const std::string& url, const std::string& ca_file) {
  constexpr std::chrono::seconds kDeadline{5}, kConnect{2};
  provider::Https https({"", crypto::Secret(), kConnect, ca_file});
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

void check_callback(Checks& checks, const CallbackAnswer& answer) {
  if (answer.status == 0) return say_unreachable(checks, answer);
  if (answer.status == 403 && answer.code == "bad_signature") {
    return checks.ok(kName, "The callback is reachable at " + answer.host +
                                ", and refuses what Twilio did not sign");
  }
  checks.error(kName,
               "The callback's public address, " + answer.host + ", answers with HTTP " +
                   std::to_string(answer.status) +
                   (answer.code.empty() ? std::string() : " (" + answer.code + ')') +
                   ", not as roomkey does.",
               cure_for_status(answer.status));
}

}  // namespace roomkey::cli::check
