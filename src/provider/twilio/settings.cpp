#include "provider/twilio/settings.hpp"

#include <algorithm>
#include <array>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/url.hpp"

namespace roomkey::provider::twilio {

namespace {

constexpr std::array kVariables{
    Variable{"TWILIO_ACCOUNT_SID", Role::token, false, "Twilio's account SID (AC...)",
             "Twilio's account SID (AC...)"},
    Variable{"TWILIO_API_KEY", Role::token, false, "SID of a Twilio API key of region US1 (SK...)",
             "SID of a Twilio API key of region US1 (SK...)"},
    Variable{"TWILIO_API_SECRET", Role::token, true, "File with that key's secret",
             "That key's secret"},
    Variable{"TWILIO_REGION", Role::option, false, "Region for the browser, such as au1",
             "Region for the browser, such as au1, if any"},
    Variable{"TWILIO_AUTH_TOKEN", Role::account, true,
             "File with the account's Auth Token, for Twilio's callbacks",
             "The account's Auth Token, for Twilio's callbacks, if wanted"},
    Variable{"TWILIO_API_URL"},
    Variable{"TWILIO_MEDIA_REGION"},
    Variable{"TWILIO_REGION_HEADER"},
    Variable{"TWILIO_ROOMS"},
    Variable{"TWILIO_STATUS_CALLBACK_URL"},
    Variable{"TWILIO_VIDEO_URL"}};

constexpr std::array kAliases{Alias{"TWILIO_API_KEY_SID", "TWILIO_API_KEY"},
                              Alias{"TWILIO_API_KEY_SECRET", "TWILIO_API_SECRET"},
                              Alias{"TWILIO_SID", "TWILIO_ACCOUNT_SID"}};

std::string region(Values& values, const std::string& name) {
  std::string text = values.text(name);
  const bool is_one = std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_lower(c) || base::is_digit(c) || c == '-';
  });
  if (!is_one) values.fault(name, "must be a region as Twilio spells it, such as us1 or au1");
  return text;
}

// Twilio signs the address as it was given, so it stays as it is, slash and query included.
std::string callback_url(Values& values, const std::string& name) {
  std::string url = values.text(name);
  if (!url.empty() && !base::is_https_or_local(url)) {
    values.fault(name, "must be https://host/path, or http:// to this machine, without password");
  }
  return url;
}

void read_rest(Values& values, const TokenSettings& settings, RestSettings& rest) {
  rest.account_sid = settings.account_sid;
  rest.api_key = settings.api_key;
  rest.api_secret = crypto::Secret(settings.api_secret.reveal());
  rest.api_url = base_url(values, "TWILIO_API_URL", rest.api_url);
  rest.video_url = base_url(values, "TWILIO_VIDEO_URL", rest.video_url);
  rest.media_region = region(values, "TWILIO_MEDIA_REGION");
  rest.status_callback_url = callback_url(values, "TWILIO_STATUS_CALLBACK_URL");
}

}  // namespace

std::span<const Variable> variables() { return kVariables; }

std::span<const Alias> aliases() { return kAliases; }

void read(Values& values, Configuration& configuration) {
  auto& [settings, rest, makes_rooms, callback] = configuration;
  settings.account_sid = values.text("TWILIO_ACCOUNT_SID");
  settings.api_key = values.text("TWILIO_API_KEY");
  settings.api_secret = values.secret("TWILIO_API_SECRET");
  settings.stamp_region = values.choice("TWILIO_REGION_HEADER", {"on", "off"}) == "on";
  settings.region = region(values, "TWILIO_REGION");
  makes_rooms = values.choice("TWILIO_ROOMS", {"ad-hoc", "rest"}) == "rest";
  read_rest(values, settings, rest);
  callback.url = rest.status_callback_url;
  callback.auth_token = values.secret("TWILIO_AUTH_TOKEN");
}

std::vector<Part> parts(const Configuration& configuration) {
  const auto& [settings, rest, makes_rooms, callback] = configuration;
  return {{"TWILIO_ACCOUNT_SID", !settings.account_sid.empty()},
          {"TWILIO_API_KEY", !settings.api_key.empty()},
          {"TWILIO_API_SECRET", !settings.api_secret.empty()},
          {"TWILIO_AUTH_TOKEN", !callback.auth_token.empty(), false}};
}

}  // namespace roomkey::provider::twilio
