#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

#include "roomkey/config.hpp"
#include "roomkey/crypto/secret.hpp"

extern char** environ;

namespace roomkey {

namespace {

constexpr std::array<std::string_view, 4> kSecrets{
    "ROOMKEY_JWT_SECRET", "ROOMKEY_JWT_PREVIOUS_SECRET", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_name(std::string_view text) {
  return !text.empty() && (text[0] < '0' || text[0] > '9') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

// Takes quotes and backslashes as systemd does: in single quotes all is literal; elsewhere a
// backslash makes the next character literal. Nothing where a quote isn't closed.
std::optional<std::string> unquoted(std::string_view text) {
  std::string value;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      value += text[++i];
    } else if (quote == 0 ? (c == '"' || c == '\'') : c == quote) {
      quote = quote == 0 ? c : '\0';
    } else {
      value += c;
    }
  }
  return quote == 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

Environment::~Environment() {
  for (auto& [name, value] : values_) crypto::wipe(value);
}

std::string Environment::get(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

std::string Environment::add_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return path + ": " + std::strerror(errno);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const auto fault = [&](const char* why) {
      return path + " line " + std::to_string(number) + ": " + why;
    };
    const int first = number;
    while (!line.empty() && line.back() == '\\') {
      std::string more;
      line.pop_back();
      if (!std::getline(file, more)) break;
      line += more;
      ++number;
    }
    const auto text = trimmed(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') continue;
    const auto equals = text.find('=');
    const auto name = trimmed(text.substr(0, equals));
    number = std::max(number, first);
    if (equals == text.npos || !is_name(name)) return fault("not of the form KEY=VALUE");
    auto value = unquoted(trimmed(text.substr(equals + 1)));
    if (!value) return fault("a quote is not closed");
    set(std::string(name), std::move(*value));
  }
  crypto::wipe(line);
  return file.bad() ? path + ": " + std::strerror(errno) : std::string();
}

void Environment::add_process() {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    char* equals = std::strchr(*entry, '=');
    if (equals == nullptr) continue;
    const std::string name(*entry, equals);
    set(name, equals + 1);
    if (std::find(kSecrets.begin(), kSecrets.end(), name) != kSecrets.end()) {
      crypto::wipe(equals + 1, std::strlen(equals + 1));
    }
  }
}

}  // namespace roomkey
