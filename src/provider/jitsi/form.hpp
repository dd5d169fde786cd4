// Whether Jitsi's variables hold what belongs there. Pure; no text shows a secret. Private to this
// folder.
#pragma once

#include <string>

#include "roomkey/base/finding.hpp"
#include "roomkey/provider/jitsi/token.hpp"

namespace roomkey::provider::jitsi {

// How the id of every app at JaaS begins.
inline constexpr std::string_view kJaasApp = "vpaas-magic-cookie-";

// False where no token can be made with these.
bool check_variables(base::Findings& findings, const TokenSettings& settings);

// As Kind::wrong_value().
[[nodiscard]] std::string wrong_value(const std::string& variable, const std::string& value);

}  // namespace roomkey::provider::jitsi
