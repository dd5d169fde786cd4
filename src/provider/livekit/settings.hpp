// Private to this folder.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "provider/livekit/service.hpp"
#include "roomkey/provider/livekit/settings.hpp"

namespace roomkey::provider::livekit {

[[nodiscard]] std::span<const Variable> variables();
[[nodiscard]] std::span<const Alias> aliases();
void read(Values& values, Configuration& configuration);
[[nodiscard]] std::vector<Part> parts(const Configuration& configuration);

[[nodiscard]] ServiceSettings service_settings(const Configuration& configuration);

// wss:// for https:// and ws:// for http://, and the other way round; without final slash.
[[nodiscard]] std::string as_socket(std::string url);
[[nodiscard]] std::string as_web(std::string url);
// Whether browsers may be sent there.
[[nodiscard]] bool is_address(const std::string& url);

}  // namespace roomkey::provider::livekit
