// The CORS list as it stands in the nginx site, by hand or by `roomkey setup`.
#include <algorithm>
#include <optional>
#include <utility>

#include "cli/check/checks.hpp"
#include "cli/site/origin.hpp"
#include "cli/site/site.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::check {

namespace {

constexpr const char* kOriginsCheck = "origins";
constexpr const char* kCure =
    "Run `roomkey setup` with --origin for each origin: the new list takes the old one's place. In "
    "a "
    "demo: DEMO_ORIGINS.";

// The next word of nginx's configuration, without its quotes; ; { and } are words, and so is the
// end.
std::string take_word(std::string_view& rest) {
  constexpr std::string_view kBlanks = " \t\r\n";
  for (;;) {
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
    if (!rest.starts_with('#')) break;
    rest.remove_prefix(std::min(rest.find('\n'), rest.size()));
  }
  if (rest.empty()) return {};
  const char quote = rest.front() == '"' || rest.front() == '\'' ? rest.front() : '\0';
  if (quote != '\0') rest.remove_prefix(1);
  const bool mark = quote == '\0' && std::string_view(";{}").find(rest.front()) != rest.npos;
  std::size_t end = mark ? 1 : 0;
  const auto ends = [&](char c) {
    return quote != '\0' ? c == quote : kBlanks.find(c) != kBlanks.npos || c == ';';
  };
  while (!mark && end < rest.size() && !ends(rest[end])) end += rest[end] == '\\' ? 2 : 1;
  end = std::min(end, rest.size());
  std::string word(rest.substr(0, end));
  rest.remove_prefix(std::min(end + (quote == '\0' ? 0 : 1), rest.size()));
  return word;
}

// What is between the braces of the site's map of origins, if it has one.
std::optional<std::string_view> map_of_origins(std::string_view site) {
  constexpr std::string_view kHead = "map $http_origin $roomkey_origin {";
  const std::size_t at = site.find(kHead);
  if (at == site.npos) return std::nullopt;
  return site.substr(at + kHead.size());
}

// The one origin that ~^...$ fits, or a plain string is; nothing where it may fit several.
std::optional<std::string> origin_of(std::string_view key) {
  if (!key.starts_with('~')) return std::string(key);
  if (!key.starts_with("~^") || !key.ends_with('$')) return std::nullopt;
  std::string origin;
  key = key.substr(2, key.size() - 3);
  for (std::size_t at = 0; at < key.size(); ++at) {
    if (key[at] == '\\' && at + 1 < key.size()) {
      origin += key[++at];
    } else if (std::string_view(".*+?()[]{}|^$\\").find(key[at]) != std::string_view::npos) {
      return std::nullopt;
    } else {
      origin += key[at];
    }
  }
  return origin;
}

void check_key(base::Findings& findings, const std::string& key, std::vector<std::string>& good) {
  const auto listed = origin_of(key);
  if (!listed) {
    return findings.warn(kOriginsCheck,
                         "The nginx site lets origins in by a pattern, " + key +
                             ": pages of every host that fits may ask for tokens.",
                         kCure);
  }
  const auto origin = site::read_origin(*listed);
  const std::string shown = "The nginx site lists the origin " + site::shown_origin(*listed);
  if (!origin) {
    return findings.error(kOriginsCheck, shown + ", which " + origin.error().detail + '.', kCure);
  }
  if (origin->text == *listed) return good.push_back(*listed);
  findings.error(kOriginsCheck,
                 shown + ", which never comes: browsers send it " + origin->changed + ", as " +
                     origin->text + '.',
                 kCure);
}

}  // namespace

void check_origins(base::Findings& findings, const std::string& site) {
  auto rest = map_of_origins(site);
  if (!rest) return;
  std::vector<std::string> good;
  const std::size_t before = findings.all().size();
  for (std::string key = take_word(*rest); !key.empty() && key != "}"; key = take_word(*rest)) {
    const bool origin = key != "default" && key != ";";
    if (origin) check_key(findings, key, good);
    while (!rest->empty() && key != ";") key = take_word(*rest);
  }
  if (findings.all().size() > before) return;
  findings.ok(kOriginsCheck,
              good.empty() ? "No other site's pages may request tokens"
                           : "Pages of these origins may ask for tokens: " + site::line_of(good));
}

}  // namespace roomkey::cli::check
