// What Stream's tokens say and what is wrong with them. Private to this folder.
#pragma once

#include "roomkey/provider/inspection.hpp"

namespace roomkey::provider {

// By what no other token has; by what others seldom have.
[[nodiscard]] bool is_surely_streams(const inspection::Token& token);
[[nodiscard]] bool is_likely_streams(const inspection::Token& token);

void inspect_stream(const inspection::Inquiry& inquiry);

}  // namespace roomkey::provider
