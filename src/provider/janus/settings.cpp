#include "provider/janus/settings.hpp"

#include <array>

#include "roomkey/base/url.hpp"

namespace roomkey::provider::janus {

namespace {

constexpr std::string_view kApiPath = "/janus";  // as Janus has it, unless it is told another

constexpr std::array kVariables{
    Variable{"JANUS_URL", Role::token, false, "Address of Janus's WebSocket (wss://...)",
             "Address of Janus's WebSocket, as browsers open it (wss://...)"},
    Variable{"JANUS_TOKEN_SECRET", Role::token, true, "File with Janus's token_auth_secret",
             "Janus's token_auth_secret"},
    Variable{"JANUS_ADMIN_KEY", Role::rooms, true, "File with the admin_key of Janus's VideoRoom",
             "The admin_key of Janus's VideoRoom"},
    Variable{"JANUS_API_URL"}};

constexpr std::array kAliases{Alias{"JANUS_SERVER", "JANUS_URL"},
                              Alias{"JANUS_TOKEN_AUTH_SECRET", "JANUS_TOKEN_SECRET"},
                              Alias{"JANUS_VIDEOROOM_ADMIN_KEY", "JANUS_ADMIN_KEY"}};

bool has_path(const std::string& url) { return url.find('/', url.find("://") + 3) != url.npos; }

}  // namespace

std::span<const Variable> variables() { return kVariables; }

std::span<const Alias> aliases() { return kAliases; }

bool is_socket_address(const std::string& url) {
  return url.starts_with("ws") && base::is_https_or_local("http" + url.substr(2));
}

void read(Values& values, Configuration& configuration) {
  configuration.url = values.text("JANUS_URL");
  if (!configuration.url.empty() && !is_socket_address(configuration.url)) {
    values.fault("JANUS_URL",
                 "must be wss://host/path, or ws:// to this machine, without password");
  }
  configuration.token_secret = values.secret("JANUS_TOKEN_SECRET");
  configuration.admin_key = values.secret("JANUS_ADMIN_KEY");
  configuration.api_url = base_url(values, "JANUS_API_URL", configuration.api_url);
  if (!has_path(configuration.api_url)) configuration.api_url += kApiPath;
}

std::vector<Part> parts(const Configuration& configuration) {
  return {{"JANUS_URL", !configuration.url.empty()},
          {"JANUS_TOKEN_SECRET", !configuration.token_secret.empty()},
          {"JANUS_ADMIN_KEY", !configuration.admin_key.empty(), false}};
}

bool is_unused(const Configuration& configuration) {
  return configuration.url.empty() && configuration.token_secret.empty() &&
         configuration.admin_key.empty();
}

}  // namespace roomkey::provider::janus
