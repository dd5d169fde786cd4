#include "provider/jitsi/settings.hpp"

#include <array>

#include "provider/jitsi/form.hpp"
#include "roomkey/crypto/signing_key.hpp"

namespace roomkey::provider::jitsi {

namespace {

constexpr std::array kVariables{
    Variable{"JITSI_DOMAIN", Role::token, false, "Host of Jitsi Meet",
             "Host of Jitsi Meet, such as meet.clinic.example"},
    Variable{"JITSI_APP_ID", Role::token, false, "Jitsi's app id (Prosody: app_id)",
             "Jitsi's app id (Prosody: app_id)"},
    Variable{"JITSI_APP_SECRET",
             Role::option,
             true,
             "File with its secret (Prosody: app_secret)",
             "Jitsi's app secret (Prosody: app_secret; none at JaaS)",
             {},
             "JITSI_KEY_ID"},
    Variable{"JITSI_KEY_ID",
             Role::option,
             false,
             "JaaS instead: the key's id, whole (vpaas-magic-cookie-.../abc123)",
             "JaaS's key id, whole (vpaas-magic-cookie-.../abc123)",
             {},
             "JITSI_APP_SECRET"},
    Variable{"JITSI_PRIVATE_KEY",
             Role::option,
             true,
             "File with that key's private half (PEM)",
             "File with that key's private half (PEM)",
             {},
             "JITSI_APP_SECRET",
             true},
    Variable{"JITSI_TENANT"},
    Variable{"JITSI_AUDIENCE"}};

// docker-jitsi-meet's names.
constexpr std::array kAliases{Alias{"JWT_APP_ID", "JITSI_APP_ID"},
                              Alias{"JWT_APP_SECRET", "JITSI_APP_SECRET"}};

void read_form(Values& values, const std::string& name, const std::string& value) {
  const std::string why = value.empty() ? "" : wrong_value(name, value);
  if (!why.empty()) values.fault(name, why);
}

void read_private_key(Values& values, TokenSettings& settings) {
  settings.private_key = values.secret("JITSI_PRIVATE_KEY");
  if (settings.private_key.empty()) return;
  const bool by_file = !values.text("JITSI_PRIVATE_KEY_FILE").empty();
  const char* const name = by_file ? "JITSI_PRIVATE_KEY_FILE" : "JITSI_PRIVATE_KEY";
  const auto key = crypto::signing_key(settings.private_key.reveal(), crypto::Algorithm::rs256);
  if (!key) values.fault(name, key.error().detail);
}

}  // namespace

std::span<const Variable> variables() { return kVariables; }

std::span<const Alias> aliases() { return kAliases; }

void read(Values& values, TokenSettings& settings) {
  settings.domain = values.text("JITSI_DOMAIN");
  settings.app_id = values.text("JITSI_APP_ID");
  settings.app_secret = values.secret("JITSI_APP_SECRET");
  settings.key_id = values.text("JITSI_KEY_ID");
  read_private_key(values, settings);
  settings.tenant = values.text("JITSI_TENANT");
  settings.audience = values.text("JITSI_AUDIENCE", settings.audience);
  read_form(values, "JITSI_DOMAIN", settings.domain);
  read_form(values, "JITSI_TENANT", settings.tenant);
  if (settings.is_jaas() && !settings.app_secret.empty()) {
    values.fault("JITSI_APP_SECRET",
                 "is for a server of your own, JITSI_KEY_ID and JITSI_PRIVATE_KEY_FILE are for "
                 "JaaS: leave one or the other out");
  }
  if (settings.is_jaas() && !settings.tenant.empty() && settings.tenant != settings.app_id) {
    values.fault("JITSI_TENANT", "is another one than JITSI_APP_ID, which is the tenant at JaaS");
  }
}

std::vector<Part> parts(const TokenSettings& settings) {
  const bool jaas = settings.is_jaas();
  return {{"JITSI_DOMAIN", !settings.domain.empty()},
          {"JITSI_APP_ID", !settings.app_id.empty()},
          {"JITSI_APP_SECRET", !settings.app_secret.empty(), !jaas},
          {"JITSI_KEY_ID", !settings.key_id.empty(), jaas},
          {"JITSI_PRIVATE_KEY_FILE", !settings.private_key.empty(), jaas}};
}

}  // namespace roomkey::provider::jitsi
