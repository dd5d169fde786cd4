// The questions. An answer becomes what the flag would have said, so there is one way from here.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cli/setup/plan.hpp"
#include "cli/setup/terminal.hpp"
#include "cli/site/certificate.hpp"
#include "cli/site/origin.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::setup {

namespace {

std::string put_behind(const std::string& value, const std::string& fault) {
  return fault.empty() ? "" : value + ' ' + fault;
}

std::string readable_file(const std::string& path) {
  if (const std::string why = site::path_fault(path); !why.empty()) return path + ' ' + why;
  return ::access(path.c_str(), R_OK) == 0 ? "" : path + " can't be read";
}

class Interview {
 public:
  Interview(SetupFlags& flags, const Present& present, const std::vector<Missing>& missing,
            std::chrono::sys_seconds now)
      : flags_(flags),
        present_(present),
        missing_(missing),
        everything_(flags.ask_for_nothing()),
        now_(now) {}

  void hold() {
    std::cout
        << "Press Enter to keep the value in brackets, or type - to remove a setting. Nothing is "
           "written until the end.\n\n";
    ask_site();
    if (!flags_.domain) flags_.domain = present_.site.domain;
    ask_certificate();
    ask_login();
    ask_providers();
    std::cout << '\n';
  }

 private:
  void ask_site() {
    const site::Site& site = present_.site;
    if (!flags_.domain && wants("--domain")) {
      flags_.domain = terminal_.ask(
          "Name by which browsers reach this machine", site.domain, [](const std::string& d) {
            return put_behind(d, site::domain_fault(base::lower_ascii(d)));
          });
    }
    text("ROOMKEY_FRONTEND_URL",
         "Address of the clinic's pages, such as https://app.clinic.example, for meeting links");
    list(flags_.origins, "Origins of the pages that may ask, with blanks between them",
         site.origins.empty() ? frontend_origin() : site::line_of(site.origins),
         site::origin_fault);
    list(flags_.health_allow, "Addresses that may see health and metrics, beside this machine",
         site::line_of(site.health_allow), site::address_fault);
  }

  void list(std::optional<std::vector<std::string>>& answer, const char* question,
            const std::string& usual, std::string (*fault)(std::string_view)) {
    if (answer || !everything_) return;
    answer = site::words_of(terminal_.ask(question, usual, [fault](const std::string& text) {
      for (const auto& word : site::words_of(text)) {
        if (const auto why = fault(word); !why.empty()) return put_behind(word, why);
      }
      return std::string();
    }));
  }

  // The frontend's own, where it has a path behind it or none.
  [[nodiscard]] std::string frontend_origin() const {
    const std::string url = given("ROOMKEY_FRONTEND_URL");
    const std::size_t host = url.find("://");
    if (host == url.npos) return "";
    const auto origin = site::read_origin(url.substr(0, url.find('/', host + 3)));
    return origin ? origin->text : "";
  }

  void ask_certificate() {
    if (flags_.self_signed || (!wants("--certificate") && !wants("--key"))) return;
    const std::string usual = usual_certificate();
    for (;;) {
      const std::string chain = terminal_.ask(
          "Certificate chain (PEM file), or self-signed", usual,
          [](const std::string& path) { return path == "self-signed" ? "" : readable_file(path); });
      flags_.self_signed = chain == "self-signed";
      if (flags_.self_signed) return;
      const std::string beside = std::filesystem::path(chain).parent_path() / "privkey.pem";
      const bool stays = chain == present_.site.certificate;
      const std::string key = terminal_.ask("Its private key (PEM file)",
                                            stays ? present_.site.key : beside, readable_file);
      flags_.certificate = chain;
      flags_.key = key;
      const std::string why =
          site::certificate_fault({*flags_.domain, chain, key, {}, {}, {}}, now_);
      if (why.empty()) return;
      std::cout << "  " << chain << ' ' << why << '\n';
    }
  }

  [[nodiscard]] std::string usual_certificate() const {
    const Places& places = present_.places;
    const std::string& before = present_.site.certificate;
    if (before == places.own_certificate()) return "self-signed";
    if (*flags_.domain == present_.site.domain && !before.empty()) return before;
    const std::string certbot = places.certbot(*flags_.domain, "fullchain.pem");
    return std::filesystem::exists(certbot) ? certbot : "self-signed";
  }

  void ask_login() {
    text("ROOMKEY_JWT_ALGORITHM", "Algorithm of the login's tokens", "HS256");
    const std::string algorithm = given("ROOMKEY_JWT_ALGORITHM");
    if (algorithm.empty() || algorithm.starts_with("HS")) {
      secret("ROOMKEY_JWT_SECRET", "The login's key (Django: SIGNING_KEY)", true);
    } else if (!flags_.settings.contains("ROOMKEY_JWT_JWKS_FILE")) {
      text("ROOMKEY_JWT_PUBLIC_KEY_FILE", "File with the login's public key (PEM)");
      text("ROOMKEY_JWT_JWKS_FILE", "File with the login's JWK set, instead or as well");
    }
    text("ROOMKEY_JWT_ISSUER", "Issuer that the login's tokens must name, if any");
    text("ROOMKEY_JWT_AUDIENCE", "Audience that the login's tokens must name, if any");
    text("ROOMKEY_JWT_TOKEN_TYPE",
         "token_type that the login's tokens must have, if any (SimpleJWT: access)");
    text("ROOMKEY_JWT_MAX_HOURS", "Longest life of the login's tokens in hours, if any");
  }

  // Where everything is asked for, first which.
  void ask_providers() {
    if (!everything_) {
      for (const auto* const kind : provider::all()) ask_account(kind->variables());
      return;
    }
    const std::string question =
        "Video providers, with blanks between them (" + provider::names() + ')';
    const auto chosen = site::words_of(terminal_.ask(question, configured(), unknown_provider));
    for (const auto& name : chosen) ask_account(provider::named(name)->variables());
    ask_whose_new_rooms_are(chosen);
  }

  static std::string unknown_provider(const std::string& names) {
    for (const auto& name : site::words_of(names)) {
      if (provider::named(name) == nullptr) return name + " is none of " + provider::names();
    }
    return names.empty() ? "one is needed" : "";
  }

  [[nodiscard]] std::string configured() const {
    const auto names = provider::join(" ", [&](const provider::Kind& kind) {
      const std::string first(kind.variables().front().name);
      return std::string(given(first).empty() ? "" : kind.name());
    });
    return names.empty() ? std::string(provider::all().front()->name()) : names;
  }

  void ask_whose_new_rooms_are(const std::vector<std::string>& chosen) {
    if (chosen.size() > 1)
      return text("ROOMKEY_PROVIDER", "Which of them has new rooms", chosen[0]);
    const std::string before = present_.value("ROOMKEY_PROVIDER");
    const std::string usual(before.empty() ? provider::all().front()->name() : before);
    if (chosen[0] != usual) flags_.settings.emplace("ROOMKEY_PROVIDER", chosen[0]);
  }

  void ask_account(std::span<const provider::Variable> variables) {
    const std::string first(variables.front().name);
    text(first, variables.front().question);
    if (given(first).empty()) return;
    for (const auto& variable : variables.subspan(1)) {
      const std::string name(variable.name), other(variable.instead_of);
      if (variable.question == nullptr || (!other.empty() && is_given(other))) continue;
      if (variable.is_pem) {
        key_file(name, variable.question);
      } else if (variable.secret) {
        secret(name, variable.question, provider::is_needed(variable.role));
      } else {
        text(name, variable.question);
      }
    }
  }

  [[nodiscard]] std::string given(const std::string& variable) const {
    const auto found = flags_.settings.find(variable);
    return found == flags_.settings.end() ? present_.value(variable) : found->second;
  }

  // In whatever way.
  [[nodiscard]] bool is_given(const std::string& variable) const {
    if (flags_.secrets.contains(variable)) return true;
    const auto found = flags_.settings.find(variable);
    return found == flags_.settings.end() ? present_.has(variable) : !found->second.empty();
  }

  // Whether it is to be asked for: everything is, or what is missing beside the flags.
  [[nodiscard]] bool wants(std::string_view flag) const {
    return everything_ || std::any_of(missing_.begin(), missing_.end(), [&](const Missing& one) {
             return one.flag.find(flag) != one.flag.npos;
           });
  }

  void text(const std::string& variable, const std::string& question,
            const std::string& otherwise = "") {
    if (flags_.settings.contains(variable) || !wants(flag_of(variable))) return;
    const std::string before = present_.value(variable);
    const std::string algorithm = given("ROOMKEY_JWT_ALGORITHM");
    flags_.settings[variable] = terminal_.ask(
        question, before.empty() ? otherwise : before,
        [&](const std::string& value) { return value_fault(variable, value, algorithm); });
  }

  // No terminal takes the lines of a key.
  void key_file(const std::string& variable, const std::string& question) {
    if (flags_.settings.contains(variable) || !wants(flag_of(variable))) return;
    const std::string usual = present_.has(variable) ? "kept" : "";
    const std::string path = terminal_.ask(question, usual, [&](const std::string& typed) {
      return typed == usual ? "" : readable_file(typed);
    });
    if (path != usual) flags_.settings[variable] = path;
  }

  void secret(const std::string& variable, const std::string& question, bool needed) {
    if (flags_.settings.contains(variable) || !wants(flag_of(variable))) return;
    const bool kept = present_.has(variable);
    for (;;) {
      std::string& typed = flags_.secrets[variable];
      typed = terminal_.ask_secret(question + (kept ? " [kept] (not shown)" : " (not shown)"));
      const std::string why = wrong_secret(variable, typed);
      if (!why.empty()) std::cout << "  what was typed " << why << '\n';
      if (typed.empty() && needed && !kept) std::cout << "  this one is required\n";
      if (why.empty() && (!typed.empty() || kept || !needed)) break;
    }
    if (flags_.secrets[variable].empty()) flags_.secrets.erase(variable);
  }

  [[nodiscard]] std::string wrong_secret(const std::string& variable,
                                         const std::string& typed) const {
    // One account's secrets are easily mixed up.
    for (const auto* const kind : provider::all()) {
      if (!variable.starts_with(kind->prefix())) continue;
      for (const auto& [other, secret] : flags_.secrets) {
        if (other == variable || !other.starts_with(kind->prefix()) || typed.empty()) continue;
        if (secret == typed) return "is the same as " + other;
      }
    }
    return form_fault(variable, typed);
  }

  SetupFlags& flags_;
  const Present& present_;
  const std::vector<Missing>& missing_;
  bool everything_;
  std::chrono::sys_seconds now_;
  Terminal terminal_;
};

}  // namespace

void interview(SetupFlags& flags, const Present& present, const std::vector<Missing>& missing,
               std::chrono::sys_seconds now) {
  Interview(flags, present, missing, now).hold();
}

}  // namespace roomkey::cli::setup
