// What Twilio's tokens say and what is wrong with them. Private to this folder.
#pragma once

#include "roomkey/provider/inspection.hpp"

namespace roomkey::provider {

// By what no other token has; by what others seldom have.
[[nodiscard]] bool is_surely_twilios(const inspection::Token& token);
[[nodiscard]] bool is_likely_twilios(const inspection::Token& token);

void inspect_twilio(const inspection::Inquiry& inquiry);

}  // namespace roomkey::provider
