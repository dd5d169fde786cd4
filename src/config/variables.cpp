#include "config/variables.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "roomkey/base/file.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::config {

void Variables::add(Faults faults) {
  std::move(faults.begin(), faults.end(), std::back_inserter(faults_));
}

std::string Variables::text(const std::string& name, const std::string& otherwise) const {
  const std::string value = environment_.get(name);
  return value.empty() ? otherwise : value;
}

std::string Variables::file(const std::string& name, const std::string& path,
                            const std::string& what) {
  auto content = base::read_file(path);
  if (!content) {
    const std::string why = "can't read the " + what + ": " + content.error().detail;
    faults_.push_back({name, why, 0, what == "file"});
  }
  if (content && base::without_line_end(*content).empty()) {
    fault(name, "the " + what + " is empty");
  }
  return content ? std::move(*content) : std::string();
}

crypto::Secret Variables::secret(const std::string& name) {
  const std::string path = text(name + "_FILE");
  std::string value = environment_.get(name);
  if (!value.empty() && !path.empty()) {
    fault(name, "given twice, here and by " + name + "_FILE: leave one out");
  } else if (!path.empty()) {
    value = file(name + "_FILE", path);
  } else if (value.empty()) {
    value = credential(name);
  }
  crypto::Secret result(base::without_line_end(value));
  crypto::wipe(value);
  return result;
}

std::optional<std::int64_t> Variables::number(const std::string& name, std::int64_t most,
                                              std::int64_t least) {
  const std::string value = text(name);
  if (value.empty()) return std::nullopt;
  const auto parsed = base::parse_number(value);
  if (!parsed || *parsed < least || *parsed > most) {
    fault(name,
          "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return parsed;
}

std::optional<std::chrono::minutes> Variables::minutes(const std::string& name) {
  constexpr std::int64_t kYear = 366 * 24 * 60;
  const auto value = number(name, kYear);
  return value ? std::optional(std::chrono::minutes{*value}) : std::nullopt;
}

std::string Variables::choice(const std::string& name, const std::vector<std::string>& words) {
  std::string value = text(name, words.front());
  if (std::find(words.begin(), words.end(), value) != words.end()) return value;
  std::string list;
  for (const auto& word : words) list += (list.empty() ? "" : ", ") + word;
  fault(name, "must be one of " + list);
  return words.front();
}

std::string Variables::credential(const std::string& name) {
  const std::string directory = text("CREDENTIALS_DIRECTORY");
  if (directory.empty()) return {};
  const std::string path = directory + '/' + base::lower_ascii(name);
  struct stat there {};
  if (lstat(path.c_str(), &there) != 0 && errno == ENOENT) return {};  // not given
  return file(name, path, "credential");
}

}  // namespace roomkey::config
