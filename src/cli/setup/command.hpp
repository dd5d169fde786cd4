// `roomkey setup`: the configuration and the nginx site of an installed machine, by questions or by
// flags, and everything started. Nothing is changed before all answers are good; what was not asked
// to change stays as it is.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace roomkey::cli::setup {

// Secrets come from files or the terminal, never from the command line, which everybody sees.
enum class SettingKind {
  text,         // the flag's value is the variable's
  secret_file,  // the flag names a file with the variable's value
  key_file,     // the flag names a file that is copied to where the workers can read it
};

// A variable of the configuration that setup knows how to ask for.
struct Setting {
  const char* variable;
  const char* flag;
  SettingKind kind;
  const char* meaning;
};

inline constexpr std::array kSettings{
    Setting{"ROOMKEY_JWT_ALGORITHM", "--jwt-algorithm", SettingKind::text,
            "Algorithm of the login's tokens: HS256, RS256, ES256, EdDSA, ..."},
    Setting{"ROOMKEY_JWT_SECRET", "--jwt-secret-file", SettingKind::secret_file,
            "File with the login's key (Django: SIGNING_KEY), for HS256, HS384 and HS512"},
    Setting{"ROOMKEY_JWT_PUBLIC_KEY_FILE", "--jwt-public-key-file", SettingKind::key_file,
            "File with the login's public key (PEM), for the other algorithms"},
    Setting{"ROOMKEY_JWT_JWKS_FILE", "--jwt-jwks-file", SettingKind::key_file,
            "File with the login's JWK set, for the other algorithms"},
    Setting{"ROOMKEY_JWT_ISSUER", "--jwt-issuer", SettingKind::text,
            "Issuer that the login's tokens must name"},
    Setting{"ROOMKEY_JWT_AUDIENCE", "--jwt-audience", SettingKind::text,
            "Audience that the login's tokens must name"},
    Setting{"TWILIO_ACCOUNT_SID", "--twilio-account-sid", SettingKind::text,
            "Twilio's account SID (AC...)"},
    Setting{"TWILIO_API_KEY", "--twilio-api-key", SettingKind::text,
            "SID of a Twilio API key of region US1 (SK...)"},
    Setting{"TWILIO_API_SECRET", "--twilio-api-secret-file", SettingKind::secret_file,
            "File with that key's secret"},
    Setting{"TWILIO_REGION", "--twilio-region", SettingKind::text,
            "Region for the browser, such as au1"},
    Setting{"TWILIO_AUTH_TOKEN", "--twilio-auth-token-file", SettingKind::secret_file,
            "File with the account's Auth Token, for Twilio's callbacks"},
    Setting{"STREAM_API_KEY", "--stream-api-key", SettingKind::text, "Stream's API key"},
    Setting{"STREAM_API_SECRET", "--stream-api-secret-file", SettingKind::secret_file,
            "File with its secret"},
    Setting{"ROOMKEY_FRONTEND_URL", "--frontend-url", SettingKind::text,
            "Address of the clinic's pages, for meeting links"},
    Setting{"ROOMKEY_MEETING_URL", "--meeting-url", SettingKind::text,
            "Those links as the pages want them, with {id} or {room} in it"},
};

// What was asked for. Empty texts and lists take a setting out; what is not there stays.
struct SetupFlags {
  std::string root;  // of another system's files, for tests; "" for this one
  bool dry_run = false;
  bool json = false;  // what is said is for a program; nothing is asked
  std::optional<std::string> domain, certificate, key;
  bool self_signed = false;
  std::optional<std::vector<std::string>> origins, health_allow;
  std::optional<std::string> practice_name, practice_phone, practice_url;
  std::map<std::string, std::string> settings;  // flag values by variable
  std::map<std::string, std::string> secrets;   // typed in at the terminal, by variable
  std::optional<bool> callback;

  SetupFlags() = default;
  ~SetupFlags();  // wipes the secrets
  SetupFlags(const SetupFlags&) = delete;
  SetupFlags& operator=(const SetupFlags&) = delete;

  [[nodiscard]] bool ask_for_nothing() const;
};

int run(SetupFlags& flags);

}  // namespace roomkey::cli::setup
