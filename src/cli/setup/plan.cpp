// From flags and what is there to what shall be, with everything checked and nothing changed.
#include "cli/setup/plan.hpp"

#include <algorithm>
#include <filesystem>

#include "cli/site/origin.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/jws.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::cli::setup {

namespace {

namespace fs = std::filesystem;

// Gathers what the flags ask for and what is wrong with it.
class Planner {
 public:
  Planner(Plan& plan, const SetupFlags& flags, const Present& present, PlanFaults& faults)
      : plan_(plan), flags_(flags), present_(present), faults_(faults) {}

  void settle_site() {
    plan_.site = present_.site;
    if (flags_.domain) plan_.site.domain = base::lower_ascii(*flags_.domain);
    if (plan_.site.domain.empty()) {
      missing("--domain", "the name by which browsers reach this machine");
    } else {
      check("--domain", plan_.site.domain, site::domain_fault(plan_.site.domain));
    }
    settle_origins();
    if (flags_.health_allow) plan_.site.health_allow = without_repeats(*flags_.health_allow);
    for (const auto& address : plan_.site.health_allow) {
      check("--health-allow", address, site::address_fault(address));
    }
    if (flags_.trusted_proxies) {
      plan_.site.proxies = site::read_proxies(without_repeats(*flags_.trusted_proxies));
    }
    for (const auto& fault : site::proxy_faults(plan_.site.proxies))
      wrong("--trusted-proxy", fault);
  }

  void settle_practice() {
    site::Practice& practice = plan_.site.practice;
    if (flags_.practice_name) practice.name = *flags_.practice_name;
    if (flags_.practice_phone) practice.phone = *flags_.practice_phone;
    if (flags_.practice_url) practice.url = *flags_.practice_url;
    check("--practice-name", practice.name, site::practice_name_fault(practice.name));
    check("--practice-phone", practice.phone, site::practice_phone_fault(practice.phone));
    check("--practice-url", practice.url, site::practice_url_fault(practice.url));
  }

  // Those from before as well, which an older roomkey may have taken.
  void settle_origins() {
    const auto& typed = flags_.origins ? *flags_.origins : present_.site.origins;
    const site::Origins origins = site::read_origins(without_repeats(typed));
    plan_.site.origins = origins.list;
    for (const auto& note : origins.notes) plan_.notes.push_back("--origin: " + note);
    for (const auto& fault : origins.faults) wrong("--origin", fault);
  }

  void settle_variables() {
    for (const Setting& setting : settings()) {
      const auto given = flags_.settings.find(setting.variable);
      if (given != flags_.settings.end()) take(setting, given->second);
    }
    for (const auto& [variable, secret] : flags_.secrets) take_secret(variable, secret, variable);
    drop_accounts(plan_, flags_, present_);
    for (const provider::Kind* const kind : provider::all()) {
      if (kind->event_address() != nullptr) settle_events(*kind->event_address());
    }
    need_accounts(plan_, flags_, present_, faults_);
  }

  // The configuration as the worker will read it.
  void check_configuration() {
    auto edited = config::edit_env_file(present_.env_text, plan_.variables);
    if (!edited) {
      faults_.unusable.push_back(present_.places.env() + ' ' + edited.error().detail);
      return;
    }
    plan_.env_text = std::move(*edited);
    config::Environment environment;
    static_cast<void>(config::read_env_file(plan_.env_text, [&](const config::Assignment& one) {
      environment.set(one.name, one.value);
    }));
    if (fs::is_directory(present_.places.credentials())) {
      environment.set("CREDENTIALS_DIRECTORY", present_.places.credentials());
    }
    for (const auto& [variable, path] : key_sources_) environment.set(variable, path);
    config::Faults found;
    const config::Config config = config::read_config(environment, found);
    for (const auto& fault : found) faults_.unusable.push_back(fault.text());
    if (!config.bearer && faults_.unusable.empty()) need_bearer_key(environment);
  }

 private:
  static std::vector<std::string> without_repeats(const std::vector<std::string>& list) {
    std::vector<std::string> kept;
    for (const auto& one : list) {
      if (!one.empty() && std::find(kept.begin(), kept.end(), one) == kept.end()) {
        kept.push_back(one);
      }
    }
    return kept;
  }

  void missing(const std::string& flag, const std::string& what) {
    faults_.missing.push_back({flag, what});
  }
  void wrong(const std::string& flag, const std::string& why) {
    faults_.wrong.push_back(flag + ": " + why);
  }
  // `why` goes behind the value.
  void check(const std::string& flag, const std::string& value, const std::string& why) {
    if (!why.empty()) wrong(flag, base::log_value(value) + ' ' + why);
  }

  void take(const Setting& setting, const std::string& value) {
    if (setting.kind == SettingKind::text) return set(setting.variable, value, setting.flag);
    if (value.empty()) return unset(setting.variable);
    auto content = base::read_file(value);
    if (!content) return check(setting.flag, value, "can't be read: " + content.error().detail);
    if (content->empty()) return check(setting.flag, value, "is empty");
    if (setting.kind == SettingKind::key_file) {
      return take_key(setting.variable, setting.flag, value, std::move(*content));
    }
    std::string secret(base::without_line_end(*content));
    crypto::wipe(*content);
    take_secret_file(setting, value, secret);
    crypto::wipe(secret);
  }

  // A key that roomkey.env can't hold gets a file of its own.
  void take_secret_file(const Setting& setting, const std::string& source,
                        const std::string& secret) {
    const std::string variable = setting.variable;
    if (!may_be_a_file(variable) || config::env_value_fault(secret).empty()) {
      return take_secret(variable, secret, setting.flag);
    }
    take_key(variable + "_FILE", setting.flag, source, secret);
    unset(variable);
  }

  static bool may_be_a_file(const std::string& variable) {
    if (variable == "ROOMKEY_JWT_SECRET") return true;
    const auto all = provider::all();
    return std::any_of(all.begin(), all.end(), [&](const provider::Kind* kind) {
      const auto variables = kind->variables();
      return std::any_of(variables.begin(), variables.end(),
                         [&](const auto& one) { return one.is_pem && one.name == variable; });
    });
  }

  // The workers' sandbox may not show them the folder that the key lies in.
  void take_key(const std::string& variable, const std::string& flag, const std::string& source,
                std::string content) {
    const std::string copy = present_.places.key_copy(variable);
    keep_private_key_out(variable, flag, source, content);
    const auto old = base::read_file(copy);
    const bool is_login_s = variable.starts_with("ROOMKEY_JWT_");
    if (!old || *old != content) {
      plan_.key_files.push_back(
          {copy, content, is_login_s ? "the login's key" : "the key that signs tokens"});
    }
    key_sources_[variable] = source;
    set(variable, copy, flag);
  }

  // Whoever reads a copy of the login's private key can make himself anybody.
  void keep_private_key_out(const std::string& variable, const std::string& flag,
                            const std::string& source, std::string& content) {
    const auto half = variable == "ROOMKEY_JWT_PUBLIC_KEY_FILE"
                          ? crypto::public_half_of_pem(content)
                      : variable == "ROOMKEY_JWT_JWKS_FILE" ? crypto::public_half_of_jwks(content)
                                                            : std::nullopt;
    if (!half) return;
    plan_.notes.push_back(flag + ": " + base::log_value(source) +
                          " holds a private key: only the public half of it is copied");
    crypto::wipe(content);
    content = *half;
  }

  // In place of another way in which the secret was given before.
  void take_secret(const std::string& variable, const std::string& value, const std::string& flag) {
    if (value.empty()) return wrong(flag, "holds nothing");
    set(variable, value, flag);
    unset(variable + "_FILE");
  }

  void set(const std::string& variable, const std::string& value, const std::string& flag) {
    if (value.empty()) return unset(variable);
    if (const std::string why = form_fault(variable, value); !why.empty()) {
      return wrong(flag, "the value " + why);
    }
    if (present_.env.get(variable) != value) plan_.variables[variable] = value;
  }
  void unset(const std::string& variable) { take_out(plan_, present_, variable); }

  [[nodiscard]] bool will_have(const std::string& variable) const {
    return setup::will_have(plan_, present_, variable);
  }

  // Follows the domain. What proves events is good for nothing else, so with the first one it is
  // on.
  void settle_events(const provider::EventAddress& address) {
    const auto at = [&](const std::string& domain) {
      return "https://" + domain + std::string(address.path);
    };
    const std::string before = present_.env.get(address.variable);
    const bool followed = before == at(present_.site.domain);
    const bool touched = plan_.variables.contains(address.secret);
    const bool first = before.empty() && touched && will_have(address.secret);
    const bool dropped = touched && !will_have(address.secret);
    if (flags_.callback.value_or((first || followed) && !dropped)) {
      set(address.variable, at(plan_.site.domain), "--domain");
    } else if (flags_.callback == false || dropped) {
      unset(address.variable);
    }
    if (flags_.callback == true && !will_have(address.secret)) {
      missing(flag_of(address.secret), address.without);
    }
  }

  [[nodiscard]] bool asked_for(const std::string& variable) const {
    return setup::asked_for(flags_, variable);
  }

  void need_bearer_key(const config::Environment& environment) {
    const std::string algorithm = environment.get("ROOMKEY_JWT_ALGORITHM");
    if (algorithm.empty() || algorithm.starts_with("HS")) {
      if (!asked_for("ROOMKEY_JWT_SECRET"))
        missing(flag_of("ROOMKEY_JWT_SECRET"), "the key of the clinic's login");
    } else if (!asked_for("ROOMKEY_JWT_PUBLIC_KEY_FILE") && !asked_for("ROOMKEY_JWT_JWKS_FILE")) {
      missing("--jwt-public-key-file or --jwt-jwks-file", "the public key of the clinic's login");
    }
  }

  Plan& plan_;
  const SetupFlags& flags_;
  const Present& present_;
  PlanFaults& faults_;
  std::map<std::string, std::string> key_sources_;  // by variable, as the administrator gave them
};

}  // namespace

Plan::~Plan() {
  crypto::wipe(env_text);
  for (auto& key : key_files) crypto::wipe(key.content);
  for (auto& [name, value] : variables) {
    if (value) crypto::wipe(*value);
  }
}

std::string Places::key_copy(const std::string& variable) const {
  if (variable == "ROOMKEY_JWT_JWKS_FILE") return root + "/etc/roomkey/jwt-keys.json";
  if (variable == "ROOMKEY_JWT_SECRET_FILE") return root + "/etc/roomkey/jwt-secret";
  if (variable == "ROOMKEY_JWT_PUBLIC_KEY_FILE") return root + "/etc/roomkey/jwt-public-key.pem";
  std::string name = base::lower_ascii(variable.substr(0, variable.rfind("_FILE")));
  std::replace(name.begin(), name.end(), '_', '-');
  return root + "/etc/roomkey/" + name;
}

void make_plan(Plan& plan, const SetupFlags& flags, const Present& present,
               std::chrono::sys_seconds now, PlanFaults& faults) {
  Planner planner(plan, flags, present, faults);
  planner.settle_site();
  planner.settle_practice();
  settle_certificate(plan, flags, present, now, faults);
  planner.settle_variables();
  settle_audit_key(plan, present);
  settle_identity_secret(plan, present);
  planner.check_configuration();
  if (faults.none()) write_site(plan, present, faults);
}

}  // namespace roomkey::cli::setup
