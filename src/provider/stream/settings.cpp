#include "provider/stream/settings.hpp"

#include <array>

namespace roomkey::provider::stream {

namespace {

constexpr std::array kVariables{
    Variable{"STREAM_API_KEY", Role::token, false, "Stream's API key", "Stream's API key",
             "NEXT_PUBLIC_STREAM_API_KEY"},
    Variable{"STREAM_API_SECRET", Role::token, true, "File with its secret", "Stream's API secret"},
    Variable{"STREAM_API_URL"}, Variable{"STREAM_TOKEN_MINUTES"},
    Variable{"STREAM_UNBOUND_TOKENS"}};

constexpr std::array kAliases{Alias{"GETSTREAM_API_KEY", "STREAM_API_KEY"},
                              Alias{"GETSTREAM_API_SECRET", "STREAM_API_SECRET"},
                              Alias{"STREAM_SECRET", "STREAM_API_SECRET"}};

}  // namespace

std::span<const Variable> variables() { return kVariables; }

std::span<const Alias> aliases() { return kAliases; }

void read(Values& values, TokenSettings& settings) {
  const std::string key = values.text("STREAM_API_KEY");
  const std::string next = values.text("NEXT_PUBLIC_STREAM_API_KEY");
  if (!key.empty() && !next.empty() && key != next) {
    values.fault("STREAM_API_KEY", "differs from NEXT_PUBLIC_STREAM_API_KEY: leave one out");
  }
  settings.api_key = key.empty() ? next : key;
  settings.api_secret = values.secret("STREAM_API_SECRET");
  settings.api_url = base_url(values, "STREAM_API_URL", settings.api_url);
  constexpr std::int64_t kDay = 24 * 60;
  settings.token_validity =
      std::chrono::minutes{values.number("STREAM_TOKEN_MINUTES", kDay, 1).value_or(60)};
  settings.unbound_tokens = values.choice("STREAM_UNBOUND_TOKENS", {"off", "on"}) == "on";
}

std::vector<Part> parts(const TokenSettings& settings) {
  return {{"STREAM_API_KEY", !settings.api_key.empty()},
          {"STREAM_API_SECRET", !settings.api_secret.empty()}};
}

}  // namespace roomkey::provider::stream
