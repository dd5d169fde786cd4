// `roomkey import`.
#pragma once

#include <string>
#include <vector>

#include "cli/session.hpp"

namespace roomkey::cli::import {

// Users and appointments of all the files together (records.hpp; `-`: standard input): all or
// nothing, faults with their places. With dry_run nothing is changed.
int run(Session& session, const std::vector<std::string>& files, bool dry_run);

}  // namespace roomkey::cli::import
