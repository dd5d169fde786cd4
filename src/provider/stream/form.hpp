// Whether Stream's variables hold what belongs there. Pure; no text shows a secret. Private to this
// folder.
#pragma once

#include <string>
#include <string_view>

#include "roomkey/base/finding.hpp"

namespace roomkey::provider::stream {

// False where no token can be made with these.
bool check_variables(base::Findings& findings, const std::string& api_key,
                     std::string_view api_secret);

// That tokens are given which are for no call in particular.
void warn_of_unbound(base::Findings& findings);

// As Kind::wrong_value().
[[nodiscard]] std::string wrong_value(const std::string& variable, const std::string& value);

}  // namespace roomkey::provider::stream
