// Files of variables in the form of systemd's EnvironmentFile= (systemd.exec(5)): read as systemd
// reads them, and changed without touching what was not asked for. What systemd passes over in
// silence is a fault here: a line that is no assignment, an open quote, a value that is not UTF-8.
// Faults name a line, at most its variable, and never a value. Pure: text in, text out.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/base/result.hpp"
#include "roomkey/config/fault.hpp"

namespace roomkey::config {

struct Assignment {
  std::string name;
  std::string value;
  std::size_t begin;  // of its first line, in bytes
  std::size_t end;    // behind its line end
};

// Hands each assignment to `assign`, which should copy no more than it needs: values are wiped
// afterwards. Returns all that is wrong, each with its line.
[[nodiscard]] Faults read_env_file(std::string_view text,
                                   const std::function<void(const Assignment&)>& assign);

// What to do with variables: a value to set, nothing to take it out.
using EnvChanges = std::map<std::string, std::optional<std::string>>;

// The text with these changes. All else stays as it is, comments and order included; a new variable
// goes under a comment that shows it (`#NAME=...`), or to the end. A text with faults, or one that
// would then mean something else, is refused with bad_request.
[[nodiscard]] base::Result<std::string> edit_env_file(std::string text, const EnvChanges& changes);

// Why systemd would not take the value (it wants UTF-8 without control characters); empty where it
// would.
[[nodiscard]] std::string env_value_fault(std::string_view value);

}  // namespace roomkey::config
