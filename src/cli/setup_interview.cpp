// The questions. An answer becomes what the flag would have said, so there is one way from here.
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <sstream>

#include "setup_parts.hpp"
#include "setup_terminal.hpp"

namespace roomkey::cli {

namespace {

std::string anything(const std::string&) { return {}; }

std::string put_behind(const std::string& value, const std::string& fault) {
  return fault.empty() ? "" : value + ' ' + fault;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> list;
  for (std::string word; stream >> word;) list.push_back(word);
  return list;
}

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& one : list) text += (text.empty() ? "" : " ") + one;
  return text;
}

std::string readable_file(const std::string& path) {
  if (const std::string why = path_fault(path); !why.empty()) return path + ' ' + why;
  return ::access(path.c_str(), R_OK) == 0 ? "" : path + " can't be read";
}

class Interview {
 public:
  Interview(SetupFlags& flags, const Present& present) : flags_(flags), present_(present) {}

  void hold() {
    std::cout << "Enter takes what stands in brackets, - takes a setting out. Nothing is changed "
                 "before the end.\n\n";
    ask_site();
    ask_certificate();
    ask_login();
    if (ask_provider("Twilio's account SID (- for no Twilio)", "TWILIO_ACCOUNT_SID")) ask_twilio();
    if (ask_provider("Stream's API key (- for no Stream)", "STREAM_API_KEY")) {
      secret("STREAM_API_SECRET", "Stream's API secret");
    }
    std::cout << '\n';
  }

 private:
  void ask_site() {
    const Site& site = present_.site;
    if (!flags_.domain) {
      flags_.domain =
          terminal_.ask("Name by which browsers reach this machine", site.domain,
                        [](const std::string& d) { return put_behind(d, domain_fault(d)); });
    }
    text("ROOMKEY_FRONTEND_URL",
         "Address of the clinic's pages, such as https://app.clinic.example");
    list(flags_.origins, "Origins of the pages that may ask, with blanks between them",
         site.origins.empty() ? frontend_origin() : joined(site.origins), origin_fault);
    list(flags_.health_allow, "Addresses that may see health and metrics, beside this machine",
         joined(site.health_allow), address_fault);
  }

  void list(std::optional<std::vector<std::string>>& answer, const char* question,
            const std::string& usual, std::string (*fault)(std::string_view)) {
    if (answer) return;
    answer = words(terminal_.ask(question, usual, [fault](const std::string& text) {
      for (const auto& word : words(text)) {
        if (const auto why = fault(word); !why.empty()) return put_behind(word, why);
      }
      return std::string();
    }));
  }

  // The frontend's own, where it has a path behind it or none.
  [[nodiscard]] std::string frontend_origin() const {
    const auto given = flags_.settings.find("ROOMKEY_FRONTEND_URL");
    const std::string url =
        given == flags_.settings.end() ? present_.env.get("ROOMKEY_FRONTEND_URL") : given->second;
    const std::size_t host = url.find("://");
    const std::string origin = host == url.npos ? "" : url.substr(0, url.find('/', host + 3));
    return origin_fault(origin).empty() ? origin : "";
  }

  void ask_certificate() {
    if (flags_.certificate || flags_.key || flags_.self_signed) return;
    const Places& places = present_.places;
    const std::string certbot = places.certbot(*flags_.domain, "fullchain.pem");
    std::string usual = "self-signed";
    if (std::filesystem::exists(certbot)) usual = certbot;
    const std::string& before = present_.site.certificate;
    const bool stays = *flags_.domain == present_.site.domain && !before.empty();
    if (stays) usual = before == places.own_certificate() ? "self-signed" : before;
    const std::string answer = terminal_.ask(
        "Certificate chain (PEM file), or self-signed", usual,
        [](const std::string& path) { return path == "self-signed" ? "" : readable_file(path); });
    flags_.self_signed = answer == "self-signed";
    if (flags_.self_signed) return;
    flags_.certificate = answer;
    const std::string beside = std::filesystem::path(answer).parent_path() / "privkey.pem";
    flags_.key =
        terminal_.ask("Its private key (PEM file)",
                      stays && answer == before ? present_.site.key : beside, readable_file);
  }

  void ask_login() {
    text("ROOMKEY_JWT_ALGORITHM", "Algorithm of the login's tokens", "HS256");
    const auto given = flags_.settings.find("ROOMKEY_JWT_ALGORITHM");
    if (given != flags_.settings.end() && !given->second.starts_with("HS")) {
      if (flags_.settings.contains("ROOMKEY_JWT_JWKS_FILE")) return;
      text("ROOMKEY_JWT_PUBLIC_KEY_FILE", "File with the login's public key (PEM)");
      text("ROOMKEY_JWT_JWKS_FILE", "File with the login's JWK set, instead or as well");
    } else {
      secret("ROOMKEY_JWT_SECRET", "The login's key (Django: SIGNING_KEY)");
    }
    text("ROOMKEY_JWT_ISSUER", "Issuer that the login's tokens must name, if any");
    text("ROOMKEY_JWT_AUDIENCE", "Audience that the login's tokens must name, if any");
  }

  bool ask_provider(const char* question, const char* variable) {
    text(variable, question);
    return !flags_.settings[variable].empty();
  }

  void ask_twilio() {
    text("TWILIO_API_KEY", "SID of a Twilio API key of region US1 (SK...)");
    secret("TWILIO_API_SECRET", "That key's secret");
    text("TWILIO_REGION", "Region for the browser, such as au1, if any");
    secret("TWILIO_AUTH_TOKEN", "The account's Auth Token, for Twilio's callbacks");
  }

  void text(const std::string& variable, const std::string& question,
            const std::string& otherwise = "") {
    if (flags_.settings.contains(variable)) return;
    const std::string before = present_.env.get(variable);
    flags_.settings[variable] =
        terminal_.ask(question, before.empty() ? otherwise : before, anything);
  }

  void secret(const std::string& variable, const std::string& question) {
    if (flags_.settings.contains(variable)) return;
    std::string typed = terminal_.ask_secret(
        question + (present_.has(variable) ? " [kept; not shown]" : " (not shown)"));
    if (!typed.empty()) flags_.secrets[variable] = std::move(typed);
  }

  SetupFlags& flags_;
  const Present& present_;
  Terminal terminal_;
};

}  // namespace

void interview(SetupFlags& flags, const Present& present) { Interview(flags, present).hold(); }

}  // namespace roomkey::cli
