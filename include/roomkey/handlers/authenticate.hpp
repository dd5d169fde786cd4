// `handlers` owns what each route does: one file for each group of routes. A handler is a free
// function whose arguments list what the route may touch.
#pragma once

#include <string_view>

#include "roomkey/access/appointment.hpp"
#include "roomkey/access/bearer.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// The active user that the header speaks for; else the contract's 401s.
[[nodiscard]] base::Result<access::User> authenticate(std::string_view authorization,
                                                      const access::BearerRules& rules,
                                                      store::Database& database,
                                                      std::chrono::sys_seconds now);

}  // namespace roomkey::handlers
