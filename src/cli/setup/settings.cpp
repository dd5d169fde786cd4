#include <algorithm>

#include "cli/check/checks.hpp"
#include "cli/setup/command.hpp"
#include "cli/setup/plan.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::cli::setup {

namespace {

// X_API_SECRET -> --x-api-secret-file
std::string flag_for(const provider::Variable& variable) {
  std::string flag = "--" + base::lower_ascii(variable.name);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return variable.secret ? flag + "-file" : flag;
}

std::vector<Setting> all_settings() {
  std::vector<Setting> list{
      {"ROOMKEY_JWT_ALGORITHM", "--jwt-algorithm", SettingKind::text,
       "Algorithm of the login's tokens: HS256, RS256, ES256, EdDSA, ..."},
      {"ROOMKEY_JWT_SECRET", "--jwt-secret-file", SettingKind::secret_file,
       "File with the login's key (Django: SIGNING_KEY), for HS256, HS384 and HS512"},
      {"ROOMKEY_JWT_PUBLIC_KEY_FILE", "--jwt-public-key-file", SettingKind::key_file,
       "File with the login's public key (PEM), for the other algorithms"},
      {"ROOMKEY_JWT_JWKS_FILE", "--jwt-jwks-file", SettingKind::key_file,
       "File with the login's JWK set, for the other algorithms"},
      {"ROOMKEY_JWT_ISSUER", "--jwt-issuer", SettingKind::text,
       "Issuer that the login's tokens must name"},
      {"ROOMKEY_JWT_AUDIENCE", "--jwt-audience", SettingKind::text,
       "Audience that the login's tokens must name"},
      {"ROOMKEY_JWT_TOKEN_TYPE", "--jwt-token-type", SettingKind::text,
       "token_type that the login's tokens must have (SimpleJWT: access)"},
      {"ROOMKEY_JWT_MAX_HOURS", "--jwt-max-hours", SettingKind::text,
       "Longest life of the login's tokens, in hours"}};
  for (const auto* const kind : provider::all()) {
    for (const auto& variable : kind->variables()) {
      if (variable.meaning == nullptr) continue;
      list.push_back({std::string(variable.name), flag_for(variable),
                      variable.secret ? SettingKind::secret_file : SettingKind::text,
                      variable.meaning});
    }
  }
  list.push_back({"ROOMKEY_PROVIDER", "--provider", SettingKind::text,
                  "Whose rooms get their name from now on: " + provider::names()});
  list.push_back(
      {"ROOMKEY_IDENTITY", "--identity", SettingKind::text,
       "How people are named at the providers: email, or pseudonym (a secret is made for "
       "it where there is none)"});
  list.push_back({"ROOMKEY_IDENTITY_SECRET", "--identity-secret-file", SettingKind::secret_file,
                  "File with the secret of pseudonyms, 32 bytes at least"});
  list.push_back({"ROOMKEY_DB", "--db", SettingKind::text,
                  "Address of a store on a server (postgresql://...; docs/postgresql.md)"});
  list.push_back({"ROOMKEY_DB_PASSWORD", "--db-password-file", SettingKind::secret_file,
                  "File with the password of the role in it"});
  list.push_back({"ROOMKEY_DB_ALONE", "--db-alone", SettingKind::text,
                  "allow: one server without a synchronous standby is enough"});
  list.push_back({"ROOMKEY_FRONTEND_URL", "--frontend-url", SettingKind::text,
                  "Address of the clinic's pages, for meeting links"});
  list.push_back({"ROOMKEY_MEETING_URL", "--meeting-url", SettingKind::text,
                  "Those links as the pages want them, with {id} or {room} in it"});
  return list;
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> kList = all_settings();
  return kList;
}

std::string flag_of(const std::string& variable) {
  for (const Setting& setting : settings()) {
    if (setting.variable == variable) return setting.flag;
  }
  return "";
}

std::string form_fault(const std::string& variable, const std::string& value) {
  const std::string why = config::env_value_fault(value);
  return why.empty() && !value.empty() ? check::wrong_value(variable, value) : why;
}

std::string value_fault(const std::string& variable, const std::string& value,
                        const std::string& algorithm) {
  if (value.empty()) return {};
  if (const std::string why = form_fault(variable, value); !why.empty()) return "the value " + why;
  config::Environment environment;
  environment.set("ROOMKEY_JWT_ALGORITHM", algorithm);
  environment.set(variable, value);
  config::Faults faults;
  static_cast<void>(config::read_config(environment, faults));
  for (const auto& fault : faults) {
    if (fault.where == variable) return fault.why;
  }
  return {};
}

}  // namespace roomkey::cli::setup
