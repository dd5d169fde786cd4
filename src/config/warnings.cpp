#include "roomkey/config/warnings.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::config {

namespace {

// Besides those of the providers.
constexpr std::array<std::string_view, 34> kOwnVariables{"ROOMKEY_AUDIT_KEY",
                                                         "ROOMKEY_AUDIT_SINK",
                                                         "ROOMKEY_AUDIT_SYNC",
                                                         "ROOMKEY_BACKUP_DIR",
                                                         "ROOMKEY_CERTIFICATE_FILE",
                                                         "ROOMKEY_COMPLETE_ON_ROOM_END",
                                                         "ROOMKEY_DB",
                                                         "ROOMKEY_DB_ALONE",
                                                         "ROOMKEY_DB_PASSWORD",
                                                         "ROOMKEY_FRONTEND_URL",
                                                         "ROOMKEY_IDENTITY",
                                                         "ROOMKEY_IDENTITY_PREVIOUS_SECRET",
                                                         "ROOMKEY_IDENTITY_SECRET",
                                                         "ROOMKEY_JOIN_EARLY_MINUTES",
                                                         "ROOMKEY_JOIN_LATE_MINUTES",
                                                         "ROOMKEY_JWT_ALGORITHM",
                                                         "ROOMKEY_JWT_AUDIENCE",
                                                         "ROOMKEY_JWT_ISSUER",
                                                         "ROOMKEY_JWT_JWKS_FILE",
                                                         "ROOMKEY_JWT_LEEWAY_SECONDS",
                                                         "ROOMKEY_JWT_MAX_HOURS",
                                                         "ROOMKEY_JWT_PREVIOUS_SECRET",
                                                         "ROOMKEY_JWT_PUBLIC_KEY_FILE",
                                                         "ROOMKEY_JWT_SECRET",
                                                         "ROOMKEY_JWT_TOKEN_TYPE",
                                                         "ROOMKEY_JWT_USER_CLAIM",
                                                         "ROOMKEY_JWT_WEAK_SECRET",
                                                         "ROOMKEY_LOG_LEVEL",
                                                         "ROOMKEY_MEETING_URL",
                                                         "ROOMKEY_METRICS_DIR",
                                                         "ROOMKEY_PERSON_RATE",
                                                         "ROOMKEY_PROVIDER",
                                                         "ROOMKEY_ROOMS",
                                                         "ROOMKEY_WAITING_ROOM"};

template <std::size_t N>
bool begins_with_any(std::string_view name, const std::array<std::string_view, N>& list) {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view one) { return name.starts_with(one); });
}

bool is_ours(std::string_view name) {
  const auto kinds = provider::all();
  return name.starts_with("ROOMKEY_") ||
         std::any_of(kinds.begin(), kinds.end(),
                     [&](const auto* kind) { return name.starts_with(kind->prefix()); });
}

// What the system, its libraries or systemd read.
bool is_the_systems(std::string_view name) {
  constexpr std::array<std::string_view, 8> kNames{
      "PATH", "HOME", "TZ", "LANG", "LANGUAGE", "TMPDIR", "TERM", "USER",
  };
  constexpr std::array<std::string_view, 8> kBeginnings{
      "LC_", "LD_", "SSL_CERT_", "OPENSSL_", "MALLOC_", "GLIBC_", "CURL_", "CREDENTIALS_"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         begins_with_any(name, kBeginnings) || base::lower_ascii(name).ends_with("_proxy");
}

// How many letters are to be put in, taken out, changed or swapped with the next one.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string upper(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return base::is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

// Every name that means something, those of secrets' files included.
std::vector<std::string> all_names() {
  std::vector<std::string> names(kOwnVariables.begin(), kOwnVariables.end());
  for (const auto* const kind : provider::all()) {
    for (const auto& variable : kind->variables()) {
      names.emplace_back(variable.name);
      if (!variable.also.empty()) names.emplace_back(variable.also);
    }
  }
  for (const auto secret : Environment::secrets()) names.push_back(std::string(secret) + "_FILE");
  return names;
}

// The variable whose name it nearly is; empty where there is none.
std::string resembles(const std::string& name) {
  constexpr std::size_t kLongest = 64, kShortestEnd = 6, kMostEdits = 2;
  if (name.size() > kLongest) return {};
  for (const auto* const kind : provider::all()) {
    for (const auto& [theirs, ours] : kind->aliases()) {
      if (name == theirs) return std::string(ours);
    }
  }
  std::string nearest;
  std::size_t least = kMostEdits + 1;
  for (const std::string& known : all_names()) {
    const bool end = name.size() >= kShortestEnd && known.ends_with('_' + name);
    const std::size_t apart = end ? 1 : distance(name, known);
    if (apart >= least || apart * 4 > known.size()) continue;
    least = apart;
    nearest = known;
  }
  return nearest;
}

// Letters as variables have them: what else stands there may be the rest of a broken secret.
bool can_be_shown(std::string_view name) {
  constexpr std::size_t kLongest = 40;
  return name.size() <= kLongest && name.find('_') != name.npos &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return base::is_upper(c) || c == '_'; });
}

std::string list_of(const std::vector<provider::Part>& parts, bool is_set) {
  std::vector<std::string> names;
  for (const provider::Part& part : parts) {
    if (part.is_set == is_set && (is_set || part.needed)) names.emplace_back(part.variable);
  }
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  if (names.empty()) return text;
  return text + (names.size() == 1 ? " is" : " are");
}

void add_half(std::vector<std::string>& halves, const char* provider,
              const std::vector<provider::Part>& parts) {
  const std::string there = list_of(parts, true), missing = list_of(parts, false);
  if (there.empty() || missing.empty()) return;
  halves.push_back(there + " set, " + missing + " not: no token of " + provider + "'s can be made");
}

}  // namespace

std::vector<std::string> half_providers(const Config& config) {
  std::vector<std::string> halves;
  for (const auto* const kind : provider::all())
    add_half(halves, kind->title(), kind->parts(config));
  return halves;
}

bool is_variable(std::string_view name) {
  const auto names = all_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<UnknownVariable> unknown_variables(const Environment& environment) {
  std::vector<UnknownVariable> unknown;
  for (const auto& [name, value] : environment.values()) {
    if (is_variable(name) || is_the_systems(name)) continue;
    std::string meant = resembles(upper(name));
    const bool in_file = environment.names_in_files().contains(name);
    if (!in_file && meant.empty() && !is_ours(name)) continue;
    const bool shown = !meant.empty() || can_be_shown(name);
    const bool stands = !meant.empty() && !environment.get(meant).empty();
    unknown.push_back({shown ? name : "(a name that is not shown)", std::move(meant), stands});
  }
  return unknown;
}

}  // namespace roomkey::config
