// Whether LiveKit's variables hold what belongs there. Pure; no text shows a secret. Private to
// this folder.
#pragma once

#include <string>

#include "roomkey/base/finding.hpp"
#include "roomkey/provider/livekit/settings.hpp"

namespace roomkey::provider::livekit {

// False where no token can be made with these.
bool check_variables(base::Findings& findings, const Configuration& configuration);

// As Kind::wrong_value().
[[nodiscard]] std::string wrong_value(const std::string& variable, const std::string& value);

}  // namespace roomkey::provider::livekit
