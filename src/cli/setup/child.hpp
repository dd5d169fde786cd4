// Programs that a command runs: by a fixed vector of arguments and never through a shell, with
// nothing on standard input and an environment of PATH, LANG, TERM and the place of the credentials
// alone (a child of roomkey reads its configuration from files, not from the administrator's
// shell).
#pragma once

#include <string>
#include <vector>

namespace roomkey::cli::setup {

// Where the program is: in PATH or in one of the places where servers are, which PATH lacks after
// `su`. Empty where it isn't.
[[nodiscard]] std::string find_program(const std::string& name);

struct Ran {
  int status;        // of the exit; 128 and more: ended by a signal
  std::string said;  // on both outputs, where they were captured
};

// Runs argv[0], a path, to its end. Throws std::system_error where it can't be started.
[[nodiscard]] Ran run_captured(const std::vector<std::string>& argv);
// The same with our own outputs.
[[nodiscard]] int run_shown(const std::vector<std::string>& argv);

}  // namespace roomkey::cli::setup
