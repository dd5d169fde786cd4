// Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "roomkey/provider/janus/settings.hpp"

namespace roomkey::provider::janus {

[[nodiscard]] std::span<const Variable> variables();
[[nodiscard]] std::span<const Alias> aliases();
void read(Values& values, Configuration& configuration);
[[nodiscard]] std::vector<Part> parts(const Configuration& configuration);
[[nodiscard]] bool is_unused(const Configuration& configuration);

// True for `wss://host...`, and for `ws://` to this machine alone.
[[nodiscard]] bool is_socket_address(const std::string& url);

}  // namespace roomkey::provider::janus
