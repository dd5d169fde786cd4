#include <algorithm>
#include <cstring>

#include "roomkey/base/file.hpp"
#include "roomkey/config/config.hpp"
#include "roomkey/config/env_file.hpp"
#include "roomkey/crypto/secret.hpp"

extern char** environ;

namespace roomkey::config {

namespace {

std::vector<std::string_view> all_secrets() {
  std::vector<std::string_view> names{
      "ROOMKEY_JWT_SECRET",      "ROOMKEY_JWT_PREVIOUS_SECRET",      "ROOMKEY_AUDIT_KEY",
      "ROOMKEY_IDENTITY_SECRET", "ROOMKEY_IDENTITY_PREVIOUS_SECRET", "ROOMKEY_DB_PASSWORD"};
  for (const auto* const kind : provider::all()) {
    for (const auto& variable : kind->variables()) {
      if (variable.secret) names.push_back(variable.name);
    }
  }
  return names;
}

}  // namespace

Environment::~Environment() {
  for (auto& [name, value] : values_) crypto::wipe(value);
}

std::span<const std::string_view> Environment::secrets() {
  static const std::vector<std::string_view> kSecrets = all_secrets();
  return kSecrets;
}

void Environment::set(const std::string& name, std::string value) {
  std::string& kept = values_[name];
  kept.swap(value);
  crypto::wipe(value);
}

std::string Environment::get(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

Faults Environment::add_file(const std::string& path) {
  auto text = base::read_file(path);
  if (!text) return {{path, text.error().detail}};
  const auto assign = [this](const Assignment& found) {
    set(found.name, found.value);
    in_files_.insert(found.name);
  };
  Faults faults = read_env_file(*text, assign);
  for (auto& fault : faults) fault.where = path;
  crypto::wipe(*text);
  return faults;
}

void Environment::add_process() {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    char* equals = std::strchr(*entry, '=');
    if (equals == nullptr) continue;
    const std::string name(*entry, equals);
    set(name, equals + 1);
    if (std::find(secrets().begin(), secrets().end(), name) != secrets().end()) {
      crypto::wipe(equals + 1, std::strlen(equals + 1));
    }
  }
}

}  // namespace roomkey::config
