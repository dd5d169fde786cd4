// Whether the variables hold what belongs there. Their lengths: an SID is two letters and 32
// hexadecimal digits, an API secret 32 letters and digits, an Auth Token 32 hexadecimal digits.
#include <algorithm>

#include "cli/check/checks.hpp"
#include "cli/inspect/inquiry.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/provider/twilio/sid.hpp"

namespace roomkey::cli::check {

namespace {

constexpr std::size_t kSecretSize = 32;
constexpr const char* kConsole =
    "Copy it again from Twilio's Console, under API keys & tokens, without anything around it, and "
    "restart the workers.";
constexpr const char* kSecretOnce =
    "Copy the secret that was shown when the API key was made. A lost one can't be shown again: "
    "make a new API key, in region US1, and change TWILIO_API_KEY with it.";
constexpr const char* kStream =
    "Copy key and secret of one and the same app from Stream's dashboard, without anything around "
    "them, and restart the workers.";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_quote(char c) { return c == '"' || c == '\''; }
bool is_plain(char c) { return c > ' ' && c < 0x7F; }

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
  return provider::twilio::is_sid(value, kind)
             ? ""
             : "has other characters than hexadecimal digits behind " + kind;
}

bool check_sid(Checks& checks, const std::string& name, const std::string& value,
               const std::string& kind) {
  if (value.empty()) {
    checks.error(name, name + " is not set.", kConsole);
    return false;
  }
  if (const auto wrong = wrong_sid(value, kind); !wrong.empty()) {
    checks.error(name, name + ' ' + wrong + '.', kConsole);
    return false;
  }
  if (!lower_hex(std::string_view(value).substr(2))) {
    checks.warn(name, name + " has capital letters behind " + kind + ", as no SID has.", kConsole);
  } else {
    checks.ok(name, name + " is " + provider::twilio::masked_sid(value));
  }
  return true;
}

bool check_sids(Checks& checks, const TwilioVariables& values) {
  if (values.account_sid.starts_with("SK") && values.api_key.starts_with("AC")) {
    checks.error("TWILIO_ACCOUNT_SID",
                 "TWILIO_ACCOUNT_SID and TWILIO_API_KEY are swapped: the first holds the SID of an "
                 "API key (SK...), the second that of an account (AC...).",
                 "Put the SID that begins with AC in TWILIO_ACCOUNT_SID, the one that begins with "
                 "SK in TWILIO_API_KEY, and restart the workers.");
    return false;
  }
  const bool account = check_sid(checks, "TWILIO_ACCOUNT_SID", values.account_sid, "AC");
  const bool key = check_sid(checks, "TWILIO_API_KEY", values.api_key, "SK");
  return account && key;
}

// Why it can't be a secret of Twilio's; empty where it can.
std::string wrong_secret(std::string_view value) {
  if (provider::twilio::is_sid(value, "SK"))
    return "holds the SID of an API key (SK...), not its secret";
  if (provider::twilio::is_sid(value, "AC"))
    return "holds the SID of an account (AC...), and no secret";
  return pasted_along(value);
}

bool check_api_secret(Checks& checks, std::string_view value, std::string_view auth_token) {
  const std::string name = "TWILIO_API_SECRET";
  const std::string wrong = value.empty()         ? "is not set"
                            : value == auth_token ? "is the same as TWILIO_AUTH_TOKEN"
                                                  : wrong_secret(value);
  if (!wrong.empty()) {
    checks.error(name, name + ' ' + wrong + '.', kSecretOnce);
    return false;
  }
  if (value.size() != kSecretSize) {
    checks.warn(name, name + " has " + characters(value) + ", and the secret of an API key has 32.",
                kSecretOnce);
  } else {
    checks.ok(name, name + " is set: 32 characters (not shown)");
  }
  return true;
}

void check_auth_token(Checks& checks, std::string_view value) {
  const std::string name = "TWILIO_AUTH_TOKEN";
  if (value.empty()) return;
  if (const auto wrong = wrong_secret(value); !wrong.empty()) {
    checks.error(name, name + ' ' + wrong + '.', kConsole);
  } else if (value.size() != kSecretSize || !lower_hex(value)) {
    checks.warn(name, name + " is not of the form of an Auth Token: 32 hexadecimal digits.",
                kConsole);
  } else {
    checks.ok(name, name + " is set: 32 characters (not shown)");
  }
}

std::string wrong_stream_key(const std::string& api_key, std::string_view api_secret) {
  constexpr std::size_t kLongestKey = 40, kShortestSecret = 20;
  if (api_key.empty()) return "is not set";
  if (api_key == api_secret) return "is the same as STREAM_API_SECRET";
  if (api_key.size() > kLongestKey && api_secret.size() < kShortestSecret) {
    return "and STREAM_API_SECRET look swapped: the key is the short one. It goes to every "
           "browser, so a secret there is no secret any more";
  }
  return pasted_along(api_key);
}

}  // namespace

std::string pasted_along(std::string_view value) {
  if (value.empty()) return {};
  if (is_quote(value.front()) || is_quote(value.back())) return "has quotes around it";
  if (is_blank(value.front()) || is_blank(value.back())) {
    return "has a blank or a line break before or behind it";
  }
  if (std::any_of(value.begin(), value.end(), is_blank)) return "has a blank in it";
  if (!std::all_of(value.begin(), value.end(), is_plain)) {
    return "has a character in it that can't be there, perhaps one that is not seen";
  }
  return value.find('=') == value.npos ? "" : "has a = in it: its name was pasted along";
}

std::string wrong_value(const std::string& variable, const std::string& value) {
  constexpr std::size_t kLeast = 32, kLongestKey = 40;
  if (variable == "TWILIO_ACCOUNT_SID") return wrong_sid(value, "AC");
  if (variable == "TWILIO_API_KEY") return wrong_sid(value, "SK");
  if (variable == "TWILIO_API_SECRET" || variable == "TWILIO_AUTH_TOKEN") {
    return wrong_secret(value);
  }
  if (variable == "TWILIO_REGION" && !provider::twilio::has_signalling(value)) {
    return "names no region where Twilio Video has signalling, such as us1, ie1 or au1";
  }
  if (variable == "STREAM_API_KEY" && value.size() > kLongestKey) {
    return "has " + characters(value) + ", as a secret has and no API key";
  }
  if (variable == "STREAM_API_KEY" || variable == "STREAM_API_SECRET") return pasted_along(value);
  if (variable == "ROOMKEY_JWT_SECRET" && value.size() < kLeast) {
    return "has " + std::to_string(value.size()) +
           " bytes, and who has one token of the login can find a key under 32 by trying: have the "
           "login use a longer one (openssl rand -hex 32)";
  }
  return {};
}

bool check_twilio_variables(Checks& checks, const TwilioVariables& values) {
  const bool sids = check_sids(checks, values);
  const bool secret = check_api_secret(checks, values.api_secret, values.auth_token);
  check_auth_token(checks, values.auth_token);
  return sids && secret;
}

bool check_stream_variables(Checks& checks, const std::string& api_key,
                            std::string_view api_secret) {
  const auto said = [&](const std::string& name, const std::string& wrong) {
    if (!wrong.empty()) checks.error(name, name + ' ' + wrong + '.', kStream);
    return !wrong.empty();
  };
  const std::string wrong = api_secret.empty() ? "is not set" : pasted_along(api_secret);
  const bool bad_key = said("STREAM_API_KEY", wrong_stream_key(api_key, api_secret));
  const bool bad_secret = said("STREAM_API_SECRET", wrong);
  if (bad_key || bad_secret) return false;
  checks.ok("STREAM_API_KEY", "STREAM_API_KEY and STREAM_API_SECRET are set (the secret, " +
                                  characters(api_secret) + ", is not shown)");
  return true;
}

void check_regions(Checks& checks, const config::Config& config) {
  const std::string& region = config.twilio.region;
  const std::string& media = config.twilio_rest.media_region;
  if (!region.empty() && !provider::twilio::has_signalling(region)) {
    checks.warn("TWILIO_REGION",
                "TWILIO_REGION names no region where Twilio Video has signalling: a browser that "
                "connects with it fails (53000).",
                provider::twilio::kSetRegion);
  } else if (!region.empty() && region != "us1") {
    checks.warn(
        "TWILIO_REGION",
        "TWILIO_REGION is " + region +
            ". An access token for Video must be signed with a US1 API key all the same. The "
            "token's twr does not move media: the room's MediaRegion does "
            "(TWILIO_MEDIA_REGION), and the browser's region option moves signalling.",
        "See in Twilio's Console that TWILIO_API_KEY is listed under region US1. Where Twilio "
        "refuses tokens though all else is right, leave twr out: TWILIO_REGION_HEADER=off.");
  }
  if (media.empty() || config.twilio_makes_rooms) return;
  checks.warn("TWILIO_MEDIA_REGION",
              "TWILIO_MEDIA_REGION moves nothing: it is for rooms that roomkey makes, and "
              "TWILIO_ROOMS is ad-hoc.",
              "Set TWILIO_ROOMS=rest, or the media region in Twilio's Console, under Video, Room "
              "Settings.");
}

void check_callback_variables(Checks& checks, const config::Config& config) {
  constexpr std::string_view kPath = "/api/appointments/twilio-status-callback";
  const std::string& url = config.callback.url;
  if (url.empty()) {
    return checks.ok("TWILIO_STATUS_CALLBACK_URL",
                     "Twilio's callbacks are not used (TWILIO_STATUS_CALLBACK_URL is not set)");
  }
  if (config.callback.auth_token.empty()) {
    checks.warn("TWILIO_AUTH_TOKEN",
                "TWILIO_STATUS_CALLBACK_URL is set and TWILIO_AUTH_TOKEN is not: every callback of "
                "Twilio's is refused.",
                "Set it to the primary Auth Token, which Twilio's Console shows under API keys & "
                "tokens.");
  }
  if (url.find(kPath) != url.npos) return;
  checks.warn("TWILIO_STATUS_CALLBACK_URL",
              "TWILIO_STATUS_CALLBACK_URL does not name " + std::string(kPath) + "/.",
              "Set it to https://<your domain>" + std::string(kPath) +
                  "/, unless a proxy of yours leads there.");
}

}  // namespace roomkey::cli::check
