// Words for what is not reached. Private to the providers.
#pragma once

#include <string>

#include "roomkey/provider/https.hpp"

namespace roomkey::provider {

// `host:port` of an address.
[[nodiscard]] std::string host_of(const std::string& url);

// What to do where `host` gave no answer.
[[nodiscard]] std::string network_cure(Https::Failure failure, const std::string& host);

}  // namespace roomkey::provider
