// A configuration as it is read from variables.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "roomkey/config/config.hpp"

namespace roomkey::test {

using Variables = std::vector<std::pair<std::string, std::string>>;

struct Read {
  config::Faults faults;
  config::Config config;

  explicit Read(const Variables& variables) {
    config::Environment environment;
    for (const auto& [name, value] : variables) environment.set(name, value);
    config = config::read_config(environment, faults);
  }
  // The names of the variables that are at fault.
  [[nodiscard]] std::string names() const {
    std::string text;
    for (const auto& fault : faults) text += fault.where + ' ';
    return text;
  }
};

inline Read reading(const Variables& variables) { return Read(variables); }

}  // namespace roomkey::test
