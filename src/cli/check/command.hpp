// `roomkey check`.
#pragma once

#include <string>

#include "cli/session.hpp"

namespace roomkey::cli::check {

struct Fields {
  bool offline = false;
  bool configuration = false;  // only what would make every token impossible
  std::string nginx_site;      // empty: the installed one
  std::string env_file;        // that was read; empty: none was
};
// Every check of the installation; the one command that runs in spite of Session::faults. kFailed
// where there is an error.
int run(Session& session, const Fields& fields);

}  // namespace roomkey::cli::check
