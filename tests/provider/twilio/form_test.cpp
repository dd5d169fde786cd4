#include "provider/twilio/form.hpp"

#include "cli/check/checked.hpp"
#include "support/clinic.hpp"

namespace form_test {

using namespace roomkey;
using namespace roomkey::test;
using base::Findings;
using provider::twilio::Variables;

const std::string kAccount = "AC0123456789abcdef0123456789abcdef";
const std::string kKey = "SKfedcba9876543210fedcba9876543210";
const std::string kApiSecret = "Not0a0Real0Secret0123456789abcdE";
const std::string kToken = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

// What is said of these; never a secret, and of a SID its ends alone.
base::Findings said_of(const Variables& values, bool fit_to_ask, test::Where where = test::here()) {
  base::Findings findings;
  same(fit_to_ask, provider::twilio::check_variables(findings, values), "fit to ask", where);
  for (const auto& text : {cli::check::to_text(findings, ""), cli::check::to_json(findings, "")}) {
    for (const std::string_view secret :
         {std::string_view(kAccount), std::string_view(kKey), values.api_secret, values.auth_token,
          std::string_view(values.account_sid), std::string_view(values.api_key)}) {
      expect(secret.size() < 8 || !contains(text, secret), text, where);
    }
  }
  return findings;
}

TEST(what_is_well_formed_is_shown_masked) {
  came_out("ok TWILIO_ACCOUNT_SID, ok TWILIO_API_KEY, ok TWILIO_API_SECRET, ok TWILIO_AUTH_TOKEN",
           said_of({kAccount, kKey, kApiSecret, kToken}, true),
           "TWILIO_ACCOUNT_SID is AC0123...cdef");
  came_out("ok TWILIO_ACCOUNT_SID, ok TWILIO_API_KEY, ok TWILIO_API_SECRET",
           said_of({kAccount, kKey, kApiSecret, ""}, true));
}

TEST(what_is_missing_is_named) {
  came_out("error TWILIO_ACCOUNT_SID, error TWILIO_API_KEY, ok TWILIO_API_SECRET",
           said_of({"", "", kApiSecret, ""}, false), "TWILIO_API_KEY is not set.");
  came_out("ok TWILIO_ACCOUNT_SID, ok TWILIO_API_KEY, error TWILIO_API_SECRET",
           said_of({kAccount, kKey, "", ""}, false), "TWILIO_API_SECRET is not set.");
}

TEST(swapped_sids_are_one_problem) {
  came_out("error TWILIO_ACCOUNT_SID, ok TWILIO_API_SECRET",
           said_of({kKey, kAccount, kApiSecret, ""}, false), "are swapped");
}

TEST(a_sid_that_is_none_says_why) {
  const std::string rest = "0123456789abcdef0123456789abcdef";
  for (const auto& [value, why] : std::initializer_list<std::pair<std::string, std::string>>{
           {"SK" + rest, "holds the SID of an API key (SK...)"},
           {" AC" + rest, "a blank or a line break before or behind"},
           {"AC" + rest + "\n", "a blank or a line break before or behind"},
           {"\"AC" + rest + "\"", "quotes around it"},
           {"'AC" + rest + "'", "quotes around it"},
           {"AC" + rest.substr(16) + ' ' + rest.substr(16), "a blank in it"},
           {"AC" + rest + "\xE2\x80\x8B", "perhaps one that is not seen"},
           {"TWILIO_ACCOUNT_SID=AC" + rest, "its name was pasted along"},
           {"AC" + rest.substr(1), "has 33 characters, and an SID has 34"},
           {"AC" + rest + "0", "has 35 characters"},
           {"AC" + rest.substr(1) + "g", "other characters than hexadecimal digits"},
           {"ac" + rest, "does not begin with AC"},
           {kApiSecret, "does not begin with AC"}}) {
    came_out("error TWILIO_ACCOUNT_SID, ok TWILIO_API_KEY, ok TWILIO_API_SECRET",
             said_of({value, kKey, kApiSecret, ""}, false), why);
  }
  came_out("ok TWILIO_ACCOUNT_SID, error TWILIO_API_KEY, ok TWILIO_API_SECRET",
           said_of({kAccount, kAccount, kApiSecret, ""}, false), "of an account (AC...), not of");
  came_out("warn TWILIO_ACCOUNT_SID, ok TWILIO_API_KEY, ok TWILIO_API_SECRET",
           said_of({"AC0123456789ABCDEF0123456789abcdef", kKey, kApiSecret, ""}, true));
}

TEST(a_secret_that_is_none_says_why) {
  for (const auto& [value, why] : std::initializer_list<std::pair<std::string, std::string>>{
           {kKey, "holds the SID of an API key (SK...), not its secret"},
           {kAccount, "holds the SID of an account"},
           {kToken, "is the same as TWILIO_AUTH_TOKEN"},
           {kApiSecret + ' ', "a blank or a line break"},
           {'\'' + kApiSecret + '\'', "quotes around it"}}) {
    came_out(
        "ok TWILIO_ACCOUNT_SID, ok TWILIO_API_KEY, error TWILIO_API_SECRET, ok TWILIO_AUTH_TOKEN",
        said_of({kAccount, kKey, value, kToken}, false), why);
  }
  came_out("ok TWILIO_ACCOUNT_SID, ok TWILIO_API_KEY, warn TWILIO_API_SECRET",
           said_of({kAccount, kKey, "sixteen-of-those", ""}, true), "has 16 characters");
}

TEST(an_auth_token_is_looked_at_too) {
  const std::string before = "ok TWILIO_ACCOUNT_SID, ok TWILIO_API_KEY, ok TWILIO_API_SECRET, ";
  came_out(before + "error TWILIO_AUTH_TOKEN", said_of({kAccount, kKey, kApiSecret, kKey}, true));
  came_out(before + "error TWILIO_AUTH_TOKEN",
           said_of({kAccount, kKey, kApiSecret, kToken + "\n"}, true));
  came_out(before + "warn TWILIO_AUTH_TOKEN",
           said_of({kAccount, kKey, kApiSecret, "too-short-for-a-token"}, true));
}

TEST(a_region_is_explained) {
  const auto said = [](const std::string& region, const std::string& media, bool rest) {
    provider::twilio::Configuration config;
    config.token.region = region;
    config.rest.media_region = media;
    config.makes_rooms = rest;
    base::Findings findings;
    provider::twilio::check_regions(findings, config);
    return findings;
  };
  came_out("", said("", "", false));
  came_out("", said("us1", "au1", true));
  for (const auto* const part :
       {"must be signed with a US1 API key", "twr does not move media",
        "the room's MediaRegion does", "the browser's region option moves signalling"}) {
    came_out("warn TWILIO_REGION", said("au1", "", false), part);
  }
  came_out("warn TWILIO_REGION", said("mars1", "", false), "53000");
  expect(!contains(cli::check::to_text(said("0f1e2d3c4b5a", "", false), ""), "0f1e2d3c4b5a"));
  came_out("warn TWILIO_MEDIA_REGION", said("", "au1", false), "TWILIO_ROOMS is ad-hoc");
}

TEST(half_a_callback_is_said) {
  const auto said = [](const std::string& url, const std::string& token) {
    provider::twilio::Configuration config;
    config.callback.url = url;
    config.callback.auth_token = crypto::Secret(token);
    base::Findings findings;
    provider::twilio::check_callback_variables(findings, config);
    return findings;
  };
  const std::string url = "https://x.example/api/appointments/twilio-status-callback/";
  came_out("ok TWILIO_STATUS_CALLBACK_URL", said("", kToken), "are not used");
  came_out("", said(url, kToken));
  came_out("warn TWILIO_AUTH_TOKEN", said(url, ""));
  came_out("warn TWILIO_STATUS_CALLBACK_URL", said("https://x.example/", kToken));
}

}  // namespace form_test
