// Their lengths: an SID is two letters and 32 hexadecimal digits, an API secret 32 letters and
// digits, an Auth Token 32 hexadecimal digits.
#include "provider/twilio/form.hpp"

#include "provider/twilio/sid.hpp"
#include "roomkey/base/counted.hpp"

namespace roomkey::provider::twilio {

namespace {

constexpr std::size_t kSecretSize = 32;
constexpr const char* kCopyAgain =
    "Copy it again from Twilio's Console, under API keys & tokens, without anything around it, and "
    "restart the workers.";
constexpr const char* kSecretOnce =
    "Copy the secret that was shown when the API key was made. A lost one can't be shown again: "
    "make a new API key, in region US1, and change TWILIO_API_KEY with it.";
std::string characters(std::string_view text) {
  return base::counted(static_cast<std::int64_t>(text.size()), "character");
}

bool lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == text.npos;
}

// Why it is not the SID; empty where it is.
std::string wrong_sid(const std::string& value, const std::string& kind) {
  if (auto pasted = pasted_along(value); !pasted.empty()) return pasted;
  const std::string other = kind == "AC" ? "SK" : "AC";
  if (value.starts_with(other)) {
    return other == "SK" ? "holds the SID of an API key (SK...), not of an account (AC...)"
                         : "holds the SID of an account (AC...), not of an API key (SK...)";
  }
  if (!value.starts_with(kind)) return "does not begin with " + kind;
  if (value.size() != 34) return "has " + characters(value) + ", and an SID has 34";
  return is_sid(value, kind) ? "" : "has other characters than hexadecimal digits behind " + kind;
}

bool check_sid(base::Findings& findings, const std::string& name, const std::string& value,
               const std::string& kind) {
  if (value.empty()) {
    findings.error(name, name + " is not set.", kCopyAgain);
    return false;
  }
  if (const auto wrong = wrong_sid(value, kind); !wrong.empty()) {
    findings.error(name, name + ' ' + wrong + '.', kCopyAgain);
    return false;
  }
  if (!lower_hex(std::string_view(value).substr(2))) {
    findings.warn(name, name + " has capital letters behind " + kind + ", as no SID has.",
                  kCopyAgain);
  } else {
    findings.ok(name, name + " is " + masked_sid(value));
  }
  return true;
}

bool check_sids(base::Findings& findings, const Variables& values) {
  if (values.account_sid.starts_with("SK") && values.api_key.starts_with("AC")) {
    findings.error(
        "TWILIO_ACCOUNT_SID",
        "TWILIO_ACCOUNT_SID and TWILIO_API_KEY are swapped: the first holds the SID of an "
        "API key (SK...), the second that of an account (AC...).",
        "Put the SID that begins with AC in TWILIO_ACCOUNT_SID, the one that begins with "
        "SK in TWILIO_API_KEY, and restart the workers.");
    return false;
  }
  const bool account = check_sid(findings, "TWILIO_ACCOUNT_SID", values.account_sid, "AC");
  const bool key = check_sid(findings, "TWILIO_API_KEY", values.api_key, "SK");
  return account && key;
}

// Why it can't be a secret of Twilio's; empty where it can.
std::string wrong_secret(std::string_view value) {
  if (is_sid(value, "SK")) return "holds the SID of an API key (SK...), not its secret";
  if (is_sid(value, "AC")) return "holds the SID of an account (AC...), and no secret";
  return pasted_along(value);
}

bool check_api_secret(base::Findings& findings, std::string_view value,
                      std::string_view auth_token) {
  const std::string name = "TWILIO_API_SECRET";
  const std::string wrong = value.empty()         ? "is not set"
                            : value == auth_token ? "is the same as TWILIO_AUTH_TOKEN"
                                                  : wrong_secret(value);
  if (!wrong.empty()) {
    findings.error(name, name + ' ' + wrong + '.', kSecretOnce);
    return false;
  }
  if (value.size() != kSecretSize) {
    findings.warn(name,
                  name + " has " + characters(value) + ", and the secret of an API key has 32.",
                  kSecretOnce);
  } else {
    findings.ok(name, name + " is set: 32 characters (not shown)");
  }
  return true;
}

void check_auth_token(base::Findings& findings, std::string_view value) {
  const std::string name = "TWILIO_AUTH_TOKEN";
  if (value.empty()) return;
  if (const auto wrong = wrong_secret(value); !wrong.empty()) {
    findings.error(name, name + ' ' + wrong + '.', kCopyAgain);
  } else if (value.size() != kSecretSize || !lower_hex(value)) {
    findings.warn(name, name + " is not of the form of an Auth Token: 32 hexadecimal digits.",
                  kCopyAgain);
  } else {
    findings.ok(name, name + " is set: 32 characters (not shown)");
  }
}

}  // namespace

std::string wrong_value(const std::string& variable, const std::string& value) {
  if (variable == "TWILIO_ACCOUNT_SID") return wrong_sid(value, "AC");
  if (variable == "TWILIO_API_KEY") return wrong_sid(value, "SK");
  if (variable == "TWILIO_API_SECRET" || variable == "TWILIO_AUTH_TOKEN") {
    return wrong_secret(value);
  }
  if (variable == "TWILIO_REGION" && !has_signalling(value)) {
    return "names no region where Twilio Video has signalling, such as us1, ie1 or au1";
  }
  return {};
}

bool check_variables(base::Findings& findings, const Variables& values) {
  const bool sids = check_sids(findings, values);
  const bool secret = check_api_secret(findings, values.api_secret, values.auth_token);
  check_auth_token(findings, values.auth_token);
  return sids && secret;
}

void check_regions(base::Findings& findings, const Configuration& configuration) {
  const std::string& region = configuration.token.region;
  const std::string& media = configuration.rest.media_region;
  if (!region.empty() && !has_signalling(region)) {
    findings.warn("TWILIO_REGION",
                  "TWILIO_REGION names no region where Twilio Video has signalling: a browser that "
                  "connects with it fails (53000).",
                  kSetRegion);
  } else if (!region.empty() && region != "us1") {
    findings.warn(
        "TWILIO_REGION",
        "TWILIO_REGION is " + region +
            ". An access token for Video must be signed with a US1 API key all the same. The "
            "token's twr does not move media: the room's MediaRegion does "
            "(TWILIO_MEDIA_REGION), and the browser's region option moves signalling.",
        "See in Twilio's Console that TWILIO_API_KEY is listed under region US1. Where Twilio "
        "refuses tokens though all else is right, leave twr out: TWILIO_REGION_HEADER=off.");
  }
  if (media.empty() || configuration.makes_rooms) return;
  findings.warn("TWILIO_MEDIA_REGION",
                "TWILIO_MEDIA_REGION moves nothing: it is for rooms that roomkey makes, and "
                "TWILIO_ROOMS is ad-hoc.",
                "Set TWILIO_ROOMS=rest, or the media region in Twilio's Console, under Video, Room "
                "Settings.");
}

void check_callback_variables(base::Findings& findings, const Configuration& configuration) {
  constexpr std::string_view kPath = "/api/appointments/twilio-status-callback";
  const std::string& url = configuration.callback.url;
  if (url.empty()) {
    return findings.ok("TWILIO_STATUS_CALLBACK_URL",
                       "Twilio's callbacks are not used (TWILIO_STATUS_CALLBACK_URL is not set)");
  }
  if (configuration.callback.auth_token.empty()) {
    findings.warn(
        "TWILIO_AUTH_TOKEN",
        "TWILIO_STATUS_CALLBACK_URL is set and TWILIO_AUTH_TOKEN is not: every callback of "
        "Twilio's is refused.",
        "Set it to the primary Auth Token, which Twilio's Console shows under API keys & "
        "tokens.");
  }
  if (url.find(kPath) != url.npos) return;
  findings.warn("TWILIO_STATUS_CALLBACK_URL",
                "TWILIO_STATUS_CALLBACK_URL does not name " + std::string(kPath) + "/.",
                "Set it to https://<your domain>" + std::string(kPath) +
                    "/, unless a proxy of yours leads there.");
}

}  // namespace roomkey::provider::twilio
