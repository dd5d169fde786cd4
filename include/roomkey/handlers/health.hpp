#pragma once

#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/message.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// GET healthz: the worker lives.
[[nodiscard]] http::Response healthz();

// GET readyz: 200 where tokens can be given now, else 503; each check on a line of its own. A
// provider that is not configured at all is no failure. `bearer_keys` is what there is to say of
// them, and a failure where `has_keys` is false.
[[nodiscard]] http::Response readyz(store::Database& database, const Providers& providers,
                                    std::string_view bearer_keys = "ok", bool has_keys = true);

}  // namespace roomkey::handlers
