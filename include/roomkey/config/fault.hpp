// What is wrong with the configuration.
#pragma once

#include <string>
#include <vector>

namespace roomkey::config {

struct Fault {
  std::string where;    // the variable, or the path of a file of variables
  std::string why;      // fit for a log line: never a value
  int line = 0;         // of that file; 0: none
  bool unread = false;  // the file that the variable names can't be read
  bool none = false;    // it can be, and is a set of keys without one

  // "NAME: why", "PATH line 3: why"; "line 3: why" where no place is known.
  [[nodiscard]] std::string text() const {
    if (line == 0) return where + ": " + why;
    return where + (where.empty() ? "" : " ") + "line " + std::to_string(line) + ": " + why;
  }
};

using Faults = std::vector<Fault>;

}  // namespace roomkey::config
