// What remains to be done at the providers when no request is in hand.
#pragma once

#include "roomkey/handlers/providers.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// Tries the evictions that are due, one after the other for a second, until the first that fails:
// one at a time over all workers, and ever less often where a provider is away. What no provider
// can do is forgotten. To be called again and again, where it may speak to the providers; costs one
// look at a small table where there is nothing to do.
void carry_on(store::Database& database, const Providers& providers, std::chrono::sys_seconds now);

}  // namespace roomkey::handlers
