// What Jitsi's tokens say and what is wrong with them. Private to this folder.
#pragma once

#include "roomkey/provider/kind.hpp"

namespace roomkey::provider::jitsi {

// As Kind::see().
[[nodiscard]] Sight see(const inspection::Token& token);

void inspect(const inspection::Inquiry& inquiry);

}  // namespace roomkey::provider::jitsi
