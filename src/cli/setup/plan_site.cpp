// The site's certificate, its settings (site.conf) and nginx's file; a new store's audit key.
#include <filesystem>

#include "cli/setup/plan.hpp"
#include "cli/site/certificate.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/digest.hpp"

namespace roomkey::cli::setup {

namespace {

// What to take where nobody says anything: what is in use, or what certbot has for the domain.
void take_default(Plan& plan, const Present& present) {
  const auto certbot = [&](const std::string& domain, const char* file) {
    return present.places.certbot(domain, file);
  };
  const std::string& domain = plan.site.domain;
  const bool unset = plan.site.certificate.empty();
  const bool followed = plan.site.certificate == certbot(present.site.domain, "fullchain.pem");
  if (unset || (followed && domain != present.site.domain)) {
    if (!site::domain_fault(domain).empty()) return;
    if (!std::filesystem::exists(certbot(domain, "fullchain.pem"))) return;
    plan.site.certificate = certbot(domain, "fullchain.pem");
    plan.site.key = certbot(domain, "privkey.pem");
  }
}

constexpr const char* kSettingsHead =
    "# The answers that `roomkey setup` wrote nginx's site from. After a change by hand run\n"
    "# `roomkey setup` again.\n";
constexpr const char* kSiteHead =
    "# Written by `roomkey setup` and written anew by its next run: change it there, or in the\n"
    "# template that it is made from.\n\n";

bool has_ipv6() { return std::filesystem::exists("/proc/net/if_inet6"); }

site::Names names_of(const Plan& plan, const Present& present) {
  const Places& places = present.places;
  const std::string listen =
      std::string("listen 443 ssl http2;") + (has_ipv6() ? "\n    listen [::]:443 ssl http2;" : "");
  site::Names names = site::names_of(
      plan.site, [&](const std::string& variable) { return value_to_be(plan, present, variable); });
  names.insert(
      {{"LISTEN", listen},
       // A browser that was told so never lets anybody pass an untrusted certificate again.
       {"HSTS", plan.self_signed ? "max-age=0" : "max-age=63072000"},
       {"LIMIT", ""},
       {"TOKEN_SOCKET", places.socket("token")},
       {"ROOM_SOCKET", places.socket("room")},
       {"ACCESS_LOG", places.log("access")},
       {"ERROR_LOG", places.log("error")},
       {"WEB", places.web()}});
  return names;
}

// No line for what nobody said.
std::optional<std::string> kept(const std::string& value) {
  return value.empty() ? std::nullopt : std::optional(value);
}

void drop_line(std::string& text, std::string_view line) {
  if (const std::size_t at = text.find(line); at != text.npos) text.erase(at, line.size());
}

}  // namespace

std::string value_to_be(const Plan& plan, const Present& present, const std::string& variable) {
  const auto change = plan.variables.find(variable);
  return change == plan.variables.end() ? present.value(variable) : change->second.value_or("");
}

void settle_certificate(Plan& plan, const SetupFlags& flags, const Present& present,
                        std::chrono::sys_seconds now, PlanFaults& faults) {
  const bool given = flags.certificate || flags.key;
  if (given && flags.self_signed) {
    faults.wrong.emplace_back("--self-signed: not together with --certificate and --key");
  }
  if (given && !(flags.certificate && flags.key)) {
    faults.missing.push_back(flags.key ? Missing{"--certificate", "the one that --key belongs to"}
                                       : Missing{"--key", "the one that --certificate is for"});
    return;
  }
  if (flags.self_signed) {
    plan.site.certificate = present.places.own_certificate();
    plan.site.key = present.places.own_key();
  } else if (given) {
    plan.site.certificate = *flags.certificate;
    plan.site.key = *flags.key;
  } else {
    take_default(plan, present);
  }
  plan.self_signed = plan.site.certificate == present.places.own_certificate();
  if (plan.self_signed) return;
  if (plan.site.certificate.empty()) {
    faults.missing.push_back(
        {"--certificate with --key, or --self-signed", "nginx speaks HTTPS only"});
  } else if (const auto why = site::certificate_fault(plan.site, now); !why.empty()) {
    faults.wrong.push_back("--certificate: " + base::log_value(plan.site.certificate) + ' ' + why);
  }
}

void write_site(Plan& plan, const Present& present, PlanFaults& faults) {
  const site::Site& site = plan.site;
  const config::EnvChanges settings{{"DOMAIN", site.domain},
                                    {"CERTIFICATE", site.certificate},
                                    {"CERTIFICATE_KEY", site.key},
                                    {"ORIGINS", site::line_of(site.origins)},
                                    {"HEALTH_ALLOW", site::line_of(site.health_allow)},
                                    {"TRUSTED_PROXY", kept(site::line_of(site.proxies.networks))},
                                    {"TRUSTED_PROXY_HEADER", kept(site.proxies.header)},
                                    {"PRACTICE_NAME", kept(site.practice.name)},
                                    {"PRACTICE_PHONE", kept(site.practice.phone)},
                                    {"PRACTICE_URL", kept(site.practice.url)}};
  auto edited = config::edit_env_file(present.site_text.empty() ? kSettingsHead : present.site_text,
                                      settings);
  const auto form = base::read_file(present.places.template_file());
  auto filled = form ? site::fill_in(*form, names_of(plan, present)) : form.error();
  for (const auto* text : {&edited, &filled}) {
    if (!*text) faults.unusable.push_back("the site: " + text->error().detail);
  }
  if (!edited || !filled) return;
  if (!has_ipv6()) drop_line(*filled, "    listen [::]:80;\n");
  plan.site_settings_text = std::move(*edited);
  plan.site_text = kSiteHead + *filled;
}

void settle_audit_key(Plan& plan, const Present& present) {
  const std::string named = value_to_be(plan, present, "ROOMKEY_DB");
  if (store::Database(store::Settings{named}).files() == nullptr) return;  // see settle_store()
  const std::string store = named.empty() ? present.places.store() : named;
  std::error_code fault;
  const bool is_new = !std::filesystem::exists(store, fault) && !fault;
  if (is_new && !present.has("ROOMKEY_AUDIT_KEY")) {
    plan.variables["ROOMKEY_AUDIT_KEY"] = crypto::random_hex(32);
  }
}

void settle_identity_secret(Plan& plan, const Present& present) {
  constexpr const char* kSecret = "ROOMKEY_IDENTITY_SECRET";
  const auto changed = plan.variables.find("ROOMKEY_IDENTITY");
  const bool asked = changed != plan.variables.end() && changed->second == "pseudonym";
  if (asked && !plan.variables.contains(kSecret) && !present.has(kSecret)) {
    plan.variables[kSecret] = crypto::random_hex(32);
  }
}

}  // namespace roomkey::cli::setup
