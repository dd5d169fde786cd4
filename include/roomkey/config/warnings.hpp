// What stands in a configuration and is not in force, though nothing there is at fault by itself: a
// misspelt variable, a provider of which a part is missing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "roomkey/config/config.hpp"

namespace roomkey::config {

struct UnknownVariable {
  std::string name;     // "(a name that is not shown)" where it may be a piece of a secret
  std::string meant;    // the variable that it resembles; empty where it resembles none
  bool stands = false;  // `meant` is set as well
};

// The names in `environment` that no part of roomkey knows: any of a file but those that are meant
// for the system (PATH, TZ, HTTPS_PROXY, ...), and of the process those that look like ours.
[[nodiscard]] std::vector<UnknownVariable> unknown_variables(const Environment& environment);

// Whether read_config() knows the name; a secret's name with _FILE behind it, too.
[[nodiscard]] bool is_variable(std::string_view name);

// A sentence for each provider of which a part is set and a part is not. Shows no value.
[[nodiscard]] std::vector<std::string> half_providers(const Config& config);

}  // namespace roomkey::config
