// What is there before setup begins.
#include <unistd.h>

#include <filesystem>

#include "cli/setup/child.hpp"
#include "cli/setup/plan.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::cli::setup {

namespace {

namespace fs = std::filesystem;

using Faults = std::vector<std::string>;

// The file's text; empty where there is no such file. Its faults have their lines.
std::string text_of(const std::string& path, Faults& faults) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(path, ignored))) return {};
  auto text = base::read_file(path);
  if (!text) {
    faults.push_back(path + ": " + text.error().detail);
    return {};
  }
  for (auto& fault : config::read_env_file(*text, [](const config::Assignment&) {})) {
    fault.where = path;
    faults.push_back(fault.text());
  }
  // systemd would take the mark for the beginning of the first variable's name.
  if (text->starts_with(base::kByteOrderMark)) text->erase(0, base::kByteOrderMark.size());
  return std::move(*text);
}

site::Site site_of(const std::string& text) {
  config::Environment settings;
  static_cast<void>(config::read_env_file(
      text, [&](const config::Assignment& one) { settings.set(one.name, one.value); }));
  return {
      settings.get("DOMAIN"),
      settings.get("CERTIFICATE"),
      settings.get("CERTIFICATE_KEY"),
      site::words_of(settings.get("ORIGINS")),
      site::words_of(settings.get("HEALTH_ALLOW")),
      {settings.get("PRACTICE_NAME"), settings.get("PRACTICE_PHONE"), settings.get("PRACTICE_URL")},
      {site::words_of(settings.get("TRUSTED_PROXY")), settings.get("TRUSTED_PROXY_HEADER")}};
}

void need_folder(const std::string& path, const char* whose, Faults& faults) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    faults.push_back("there is no folder " + path + ": is " + whose + " installed?");
  }
}

}  // namespace

Present::~Present() { crypto::wipe(env_text); }

std::string Present::value(const std::string& variable) const {
  std::string own = env.get(variable);
  if (!own.empty()) return own;
  for (const auto* const kind : provider::all()) {
    for (const auto& one : kind->variables()) {
      if (one.name == variable && !one.also.empty()) return env.get(std::string(one.also));
    }
  }
  return {};
}

bool Present::has(const std::string& variable) const {
  return !value(variable).empty() || !env.get(variable + "_FILE").empty() ||
         fs::exists(places.credentials() + '/' + base::lower_ascii(variable));
}

void read_present(Present& present, Faults& faults) {
  const Places& places = present.places;
  present.env_text = text_of(places.env(), faults);
  present.env_is_broken = !faults.empty();
  present.site_text = text_of(places.site_settings(), faults);
  static_cast<void>(config::read_env_file(present.env_text, [&](const config::Assignment& one) {
    present.env.set(one.name, one.value);
  }));
  present.site = site_of(present.site_text);
  need_folder(fs::path(places.env()).parent_path(), "roomkey's package", faults);
  need_folder(fs::path(places.site()).parent_path(), "nginx", faults);
  need_folder(fs::path(places.site_link()).parent_path(), "nginx", faults);
  if (!fs::exists(places.template_file())) {
    faults.push_back("there is no " + places.template_file() + ": is roomkey's package installed?");
  }
  if (fs::exists(fs::symlink_status(places.site_link())) && !fs::is_symlink(places.site_link())) {
    faults.push_back(places.site_link() + " is no link: move it away, setup makes one there");
  }
  for (const char* program : {"nginx", "systemctl"}) {
    if (find_program(program).empty()) {
      faults.push_back(std::string(program) + " is not installed");
    }
  }
}

}  // namespace roomkey::cli::setup
