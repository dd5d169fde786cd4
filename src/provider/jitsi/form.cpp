#include "provider/jitsi/form.hpp"

#include <algorithm>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/url.hpp"
#include "roomkey/crypto/signing_key.hpp"
#include "roomkey/provider/variables.hpp"

namespace roomkey::provider::jitsi {

namespace {

constexpr const char* kOwn =
    "Copy app_id and app_secret from Prosody's configuration of the Jitsi server (docker: "
    "JWT_APP_ID, JWT_APP_SECRET), without anything around them, and restart the workers.";
constexpr const char* kJaas =
    "Copy App ID and key id from the JaaS console, under API Keys, and put the private key that "
    "was made with that key into the file; restart the workers.";

bool is_tenant(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
  });
}

bool is_host(const std::string& text) {
  return text.find_first_of("/?#@ ") == text.npos && base::is_https_or_local("https://" + text);
}

class Form {
 public:
  Form(base::Findings& findings, const TokenSettings& settings)
      : findings_(findings), settings_(settings) {}

  bool check() {
    for (const char* const name : missing(settings_)) error(name, "is not set");
    if (!settings_.domain.empty()) say("JITSI_DOMAIN", settings_.domain);
    if (!settings_.app_id.empty()) say("JITSI_APP_ID", settings_.app_id);
    if (!settings_.tenant.empty()) say("JITSI_TENANT", settings_.tenant);
    say("JITSI_AUDIENCE", settings_.audience);
    settings_.is_jaas() ? check_jaas() : check_own();
    return good_;
  }

 private:
  void error(const std::string& name, const std::string& wrong) {
    findings_.error(name, name + ' ' + wrong + '.', settings_.is_jaas() ? kJaas : kOwn);
    good_ = false;
  }
  void say(const std::string& name, const std::string& value) {
    const std::string wrong = wrong_value(name, value);
    if (!wrong.empty()) error(name, wrong);
  }

  void check_own() {
    if (settings_.app_secret.empty()) return;
    const auto secret = settings_.app_secret.reveal();
    if (const auto key = crypto::signing_key(secret, crypto::Algorithm::hs256); !key) {
      return error("JITSI_APP_SECRET", key.error().detail);
    }
    if (secret == settings_.app_id) return error("JITSI_APP_SECRET", "is the same as JITSI_APP_ID");
    if (const auto wrong = pasted_along(secret); !wrong.empty() && !wrong.starts_with("has a =")) {
      return error("JITSI_APP_SECRET", wrong);
    }
    say_strength(secret.size());
  }

  void say_strength(std::size_t bytes) {
    constexpr std::size_t kLeast = 32;
    const std::string size = base::counted(static_cast<std::int64_t>(bytes), "byte");
    if (bytes < kLeast) {
      return findings_.warn("JITSI_APP_SECRET",
                            "JITSI_APP_SECRET has " + size +
                                ": too weak. Whoever holds one token can find it by trying, and "
                                "make himself moderator of every room.",
                            "Make another one (openssl rand -hex 32), set it as app_secret at "
                            "Prosody and here, and restart both.");
    }
    if (good_) {
      findings_.ok("JITSI_APP_SECRET",
                   "JITSI_DOMAIN, JITSI_APP_ID and JITSI_APP_SECRET are set (the secret, " + size +
                       ", is not shown)");
    }
  }

  void check_jaas() {
    if (!settings_.app_id.empty() && !settings_.app_id.starts_with(kJaasApp)) {
      error("JITSI_APP_ID", "does not begin with " + std::string(kJaasApp) + ", as an App ID does");
    } else if (!settings_.key_id.empty() && !settings_.key_id.starts_with(settings_.app_id + '/')) {
      error("JITSI_KEY_ID",
            "is not of the form App ID/key: it is sent as kid, whole, and has to "
            "begin with JITSI_APP_ID and a slash");
    }
    if (settings_.private_key.empty()) return;
    const auto key = crypto::signing_key(settings_.private_key.reveal(), crypto::Algorithm::rs256);
    if (!key) return error("JITSI_PRIVATE_KEY_FILE", key.error().detail);
    if (good_) {
      findings_.ok("JITSI_PRIVATE_KEY_FILE",
                   "JITSI_DOMAIN, JITSI_APP_ID, JITSI_KEY_ID and the private key are set (the key "
                   "is not shown)");
    }
  }

  base::Findings& findings_;
  const TokenSettings& settings_;
  bool good_ = true;
};

}  // namespace

std::string wrong_value(const std::string& variable, const std::string& value) {
  if (variable == "JITSI_DOMAIN" && !is_host(value)) {
    return "must be a host's name such as meet.clinic.example, without https:// and without a path";
  }
  if (variable == "JITSI_TENANT" && !is_tenant(value)) {
    return "must be one tenant: letters, digits, _ - and .";
  }
  if (variable == "JITSI_APP_ID" && value == "*") return "must be one app, not *";
  if (variable == "JITSI_APP_ID" || variable == "JITSI_AUDIENCE") return pasted_along(value);
  return {};
}

bool check_variables(base::Findings& findings, const TokenSettings& settings) {
  return Form(findings, settings).check();
}

}  // namespace roomkey::provider::jitsi
