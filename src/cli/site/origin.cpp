#include "cli/site/origin.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>

#include "cli/session.hpp"
#include "cli/site/origin_host.hpp"
#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::site {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr const char* kNull =
    "browsers send null for pages from files, and for anybody's sandboxed frames as well: serve "
    "the "
    "page by https, or an app's by a scheme of its own (capacitor://localhost, app://localhost)";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Empty where all is printable ASCII.
std::string foreign_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = base::next_code_point(text, at);
    if (c > 0x20 && c < 0x7F) continue;
    std::array<char, 16> name{};
    static_cast<void>(std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(c)));
    return name.data();
  }
  return {};
}

bool is_scheme(std::string_view scheme) {
  return !scheme.empty() && base::is_lower(scheme.front()) &&
         std::all_of(scheme.begin(), scheme.end(), [](char c) {
           return base::is_lower(c) || base::is_digit(c) || c == '+' || c == '-' || c == '.';
         });
}

// Takes an origin apart, from left to right, and notes what it puts right.
class Reading {
 public:
  explicit Reading(std::string_view typed) : rest_(trimmed(typed)) {
    if (rest_.size() != typed.size()) change("without the blanks around it");
  }

  base::Result<Origin> origin() {
    if (!take_whole() || !take_scheme() || !take_host() || !take_port()) {
      return base::Error{base::Code::bad_request, why_};
    }
    return Origin{scheme_ + "://" + host_ + port_, changed_};
  }

 private:
  bool refuse(std::string why) {
    why_ = std::move(why);
    return false;
  }
  void change(std::string_view how) { changed_.append(changed_.empty() ? "" : ", ").append(how); }

  bool take_whole() {
    if (rest_.empty()) return refuse("is empty");
    if (base::equals_ignoring_case(rest_, "null"))
      return refuse(std::string("lets anybody in: ") + kNull);
    if (rest_.find('*') != rest_.npos) {
      return refuse("has a * in it: pages that nobody knows would be let in; name each origin");
    }
    if (rest_.find_first_of(",;") != rest_.npos) {
      return refuse("has a comma or semicolon in it: each origin stands by itself");
    }
    if (rest_.find_first_of(kBlanks) != rest_.npos) return refuse("has a blank in it");
    const std::string foreign = foreign_character(rest_);
    return foreign.empty() ||
           refuse("has " + foreign +
                  " in it: browsers send plain ASCII, a name of other letters "
                  "as xn--...; `location.origin` in the page's own console shows it");
  }

  bool take_scheme() {
    const std::size_t end = rest_.find("://");
    if (end == rest_.npos || !is_scheme(base::lower_ascii(rest_.substr(0, end)))) {
      return refuse("does not begin with a scheme and ://, as in https://app.clinic.example");
    }
    scheme_ = base::lower_ascii(rest_.substr(0, end));
    if (scheme_ != rest_.substr(0, end)) change("in lower case");
    rest_.remove_prefix(end + 3);
    return take_scheme_s_kind();
  }

  bool take_scheme_s_kind() {
    if (scheme_ == "file") return refuse(std::string("is never sent: ") + kNull);
    if (scheme_ == "ws" || scheme_ == "wss") {
      return refuse("is no page's: a WebSocket has the origin of the page that opens it (" +
                    std::string(scheme_ == "ws" ? "http" : "https") + "://...)");
    }
    return scheme_ != "ftp" || refuse("is no page's: browsers open none by ftp");
  }

  // And what must not stand around it.
  bool take_host() {
    const std::size_t path = rest_.find_first_of("/?#\\");
    if (path != rest_.npos && rest_.substr(path) != "/") {
      return refuse("has a path behind it: " + instead(rest_.substr(0, path)));
    }
    if (path != rest_.npos) change("without the slash at its end");
    rest_ = rest_.substr(0, path);
    if (const std::size_t user = rest_.rfind('@'); user != rest_.npos) {
      return refuse("has a user before its host: " + instead(rest_));
    }
    const std::size_t colon = rest_.find(':', rest_.starts_with('[') ? rest_.find(']') : 0);
    const std::string_view name = rest_.substr(0, colon);
    rest_.remove_prefix(name.size());
    return take_name(name);
  }

  bool take_name(std::string_view typed) {
    const std::string lower = base::lower_ascii(typed);
    const auto host = read_host(lower, scheme_ == "http" || scheme_ == "https");
    if (!host) return refuse(host.error().detail);
    if (lower != typed && !changed_.ends_with("lower case")) change("in lower case");
    if (*host != lower) change("in the short form of IPv6");
    host_ = *host;
    return true;
  }

  bool take_port() {
    if (rest_.empty()) return true;
    const std::string_view digits = rest_.substr(1);
    const auto port = digits.empty() ? 0 : base::parse_number(digits);
    if (!port || *port > 65535 || (*port == 0 && !digits.empty())) {
      return refuse("has no port behind its colon: that is a number from 1 to 65535");
    }
    const bool own = (scheme_ == "https" && *port == 443) || (scheme_ == "http" && *port == 80);
    if (!digits.empty() && !own) port_ = ':' + std::to_string(*port);
    if (own) {
      change("without the port that " + scheme_ + " has anyway");
    } else if (port_ != rest_) {
      change(digits.empty() ? "without the colon" : "without zeros before the port");
    }
    return true;
  }

  // The origin that is meant.
  [[nodiscard]] std::string instead(std::string_view authority) const {
    const std::string_view host = authority.substr(authority.rfind('@') + 1);
    const auto meant = read_origin(scheme_ + "://" + std::string(host));
    return "an origin is scheme, host and port alone" + (meant ? ", " + meant->text : "");
  }

  std::string_view rest_;
  std::string scheme_, host_, port_;
  std::string changed_, why_;
};

void put_once(std::vector<std::string>& list, const std::string& one) {
  if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(one);
}

}  // namespace

base::Result<Origin> read_origin(std::string_view typed) { return Reading(typed).origin(); }

std::string origin_fault(std::string_view typed) {
  const auto origin = read_origin(typed);
  return origin ? "" : origin.error().detail;
}

std::string shown_origin(std::string_view typed) {
  const std::size_t user = typed.find("://"), host = typed.rfind('@');
  if (user == typed.npos || host == typed.npos || host < user) return base::log_value(typed);
  return base::log_value(std::string(typed.substr(0, user + 3)) + "..." +
                         std::string(typed.substr(host)));
}

Origins read_origins(const std::vector<std::string>& typed) {
  Origins origins;
  for (const auto& one : typed) {
    const auto origin = read_origin(one);
    if (!origin) {
      origins.faults.push_back(shown_origin(one) + ' ' + origin.error().detail);
      continue;
    }
    put_once(origins.list, origin->text);
    if (origin->changed.empty()) continue;
    origins.notes.push_back(shown_origin(one) + " is taken as " + origin->text +
                            ": browsers send it " + origin->changed);
  }
  return origins;
}

int say_origins(const std::vector<std::string>& typed) {
  const Origins origins = read_origins(typed);
  for (const auto& note : origins.notes) std::cerr << "roomkey: hint: " << note << '\n';
  for (const auto& fault : origins.faults) fail(kUsage, fault);
  if (!origins.faults.empty()) return kUsage;  // half a list would be worse than none
  for (const auto& one : origins.list) std::cout << one << '\n';
  return kDone;
}

}  // namespace roomkey::cli::site
