#include "provider/livekit/settings.hpp"

#include <array>

#include "roomkey/base/url.hpp"

namespace roomkey::provider::livekit {

namespace {

constexpr std::array kVariables{
    Variable{"LIVEKIT_URL", Role::token, false, "LiveKit's address for browsers (wss://...)",
             "LiveKit's address for browsers, wss://..."},
    Variable{"LIVEKIT_API_KEY", Role::token, false, "LiveKit's API key (API...)",
             "LiveKit's API key (API...)"},
    Variable{"LIVEKIT_API_SECRET", Role::token, true, "File with that key's secret",
             "That key's secret"},
    Variable{"LIVEKIT_API_URL"}, Variable{"LIVEKIT_ROOMS"}};

constexpr std::array kAliases{
    Alias{"LIVEKIT_WS_URL", "LIVEKIT_URL"}, Alias{"LIVEKIT_HOST", "LIVEKIT_URL"},
    Alias{"NEXT_PUBLIC_LIVEKIT_URL", "LIVEKIT_URL"}, Alias{"LIVEKIT_KEY", "LIVEKIT_API_KEY"},
    Alias{"LIVEKIT_SECRET", "LIVEKIT_API_SECRET"}};

std::string with_scheme(std::string url, std::string_view from, std::string_view to) {
  while (url.ends_with('/')) url.pop_back();
  return url.starts_with(from) ? std::string(to) + url.substr(from.size()) : url;
}

// A path is none of LiveKit's, which adds its own.
std::string address(Values& values, const std::string& name) {
  std::string url = as_socket(values.text(name));
  if (!url.empty() && !is_address(url)) {
    values.fault(name, "must be wss://host, or ws:// to this machine, without password or ?");
  }
  return url;
}

std::string api_address(Values& values, const std::string& name, const std::string& url) {
  std::string own = as_web(values.text(name));
  if (own.empty()) return as_web(url);
  if (!is_address(own)) {
    values.fault(name, "must be https://host, or http:// to this machine, without password or ?");
  }
  return own;
}

}  // namespace

std::string as_socket(std::string url) {
  return with_scheme(with_scheme(std::move(url), "https:", "wss:"), "http:", "ws:");
}

std::string as_web(std::string url) {
  return with_scheme(with_scheme(std::move(url), "wss:", "https:"), "ws:", "http:");
}

bool is_address(const std::string& url) {
  return base::is_https_or_local(as_web(url)) && url.find('?') == url.npos;
}

std::span<const Variable> variables() { return kVariables; }

std::span<const Alias> aliases() { return kAliases; }

void read(Values& values, Configuration& configuration) {
  auto& [token, api_url, makes_rooms] = configuration;
  token.url = address(values, "LIVEKIT_URL");
  token.api_key = values.text("LIVEKIT_API_KEY");
  token.api_secret = values.secret("LIVEKIT_API_SECRET");
  api_url = api_address(values, "LIVEKIT_API_URL", token.url);
  makes_rooms = values.choice("LIVEKIT_ROOMS", {"ad-hoc", "rest"}) == "rest";
}

std::vector<Part> parts(const Configuration& configuration) {
  const TokenSettings& token = configuration.token;
  return {{"LIVEKIT_URL", !token.url.empty()},
          {"LIVEKIT_API_KEY", !token.api_key.empty()},
          {"LIVEKIT_API_SECRET", !token.api_secret.empty()}};
}

ServiceSettings service_settings(const Configuration& configuration) {
  return {.api_url = configuration.api_url,
          .api_key = configuration.token.api_key,
          .api_secret = crypto::Secret(configuration.token.api_secret.reveal())};
}

}  // namespace roomkey::provider::livekit
