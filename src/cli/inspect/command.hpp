// `roomkey inspect`.
#pragma once

#include <string>

#include "cli/session.hpp"

namespace roomkey::cli::inspect {

// What a token says and what is wrong with it; `-` reads it from standard input. kFailed where it
// has a fault.
int run(Session& session, const std::string& token);

}  // namespace roomkey::cli::inspect
