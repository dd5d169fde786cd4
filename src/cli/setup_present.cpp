// What is there before setup begins.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "roomkey/base/file.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/cli/child.hpp"
#include "roomkey/crypto/secret.hpp"
#include "setup_parts.hpp"

namespace roomkey::cli {

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
  for (const auto& fault : read_env_file(*text, [](const Assignment&) {})) {
    faults.push_back(path + ' ' + fault);
  }
  return std::move(*text);
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> list;
  for (std::string word; stream >> word;) list.push_back(word);
  return list;
}

Site site_of(const std::string& text) {
  Environment settings;
  static_cast<void>(
      read_env_file(text, [&](const Assignment& one) { settings.set(one.name, one.value); }));
  return {settings.get("DOMAIN"), settings.get("CERTIFICATE"), settings.get("CERTIFICATE_KEY"),
          words(settings.get("ORIGINS")), words(settings.get("HEALTH_ALLOW"))};
}

void need_folder(const std::string& path, const char* whose, Faults& faults) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    faults.push_back("there is no folder " + path + ": is " + whose + " installed?");
  }
}

}  // namespace

Present::~Present() { crypto::wipe(env_text); }

bool Present::has(const std::string& variable) const {
  return !env.get(variable).empty() || !env.get(variable + "_FILE").empty() ||
         fs::exists(places.credentials() + '/' + base::lower_ascii(variable));
}

void read_present(Present& present, Faults& faults) {
  const Places& places = present.places;
  present.env_text = text_of(places.env(), faults);
  present.site_text = text_of(places.site_settings(), faults);
  static_cast<void>(read_env_file(
      present.env_text, [&](const Assignment& one) { present.env.set(one.name, one.value); }));
  present.site = site_of(present.site_text);
  need_folder(fs::path(places.env()).parent_path(), "roomkey's package", faults);
  need_folder(fs::path(places.site()).parent_path(), "nginx", faults);
  need_folder(fs::path(places.site_link()).parent_path(), "nginx", faults);
  if (!fs::exists(places.template_file())) {
    faults.push_back("there is no " + places.template_file() + ": is roomkey's package installed?");
  }
  for (const char* program : {"nginx", "systemctl"}) {
    if (find_program(program).empty()) {
      faults.push_back(std::string(program) + " is not installed");
    }
  }
}

}  // namespace roomkey::cli
