// Janus's tokens taken apart. Private to this folder.
#pragma once

#include "roomkey/provider/kind.hpp"

namespace roomkey::provider::janus {

[[nodiscard]] Sight see(const inspection::Token& token);
void inspect(const inspection::Inquiry& inquiry);

}  // namespace roomkey::provider::janus
