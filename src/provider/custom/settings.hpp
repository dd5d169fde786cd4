// Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "roomkey/base/finding.hpp"
#include "roomkey/provider/custom/settings.hpp"

namespace roomkey::provider::custom {

[[nodiscard]] std::span<const Variable> variables();
void read(Values& values, TokenSettings& settings);
[[nodiscard]] std::vector<Part> parts(const TokenSettings& settings);

// False where no token can be made with these.
bool check_variables(base::Findings& findings, const TokenSettings& settings);

}  // namespace roomkey::provider::custom
