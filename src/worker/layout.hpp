// What is counted of these routes and of the requests to providers.
#pragma once

#include <vector>

#include "roomkey/http/router.hpp"
#include "roomkey/metrics/tally.hpp"

namespace roomkey::worker {

[[nodiscard]] metrics::Layout layout_of(const std::vector<http::Route>& routes);

}  // namespace roomkey::worker
