// Whether Janus's variables hold what belongs there. Pure; no text shows a secret. Private to this
// folder.
#pragma once

#include <string>

#include "provider/janus/settings.hpp"
#include "roomkey/base/finding.hpp"

namespace roomkey::provider::janus {

// As Kind::wrong_value().
[[nodiscard]] std::string wrong_value(const std::string& variable, const std::string& value);

// False where Janus need not be asked with these.
bool check_variables(base::Findings& findings, const Configuration& configuration);

}  // namespace roomkey::provider::janus
