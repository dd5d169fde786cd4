// The route that shows an appointment.
#pragma once

#include "roomkey/access/decide.hpp"
#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// GET the appointment. `can_join` where one of the providers would give the caller a token now.
[[nodiscard]] base::Result<http::Response> appointment(const http::Call& call,
                                                       store::Database& database,
                                                       const access::Policy& policy,
                                                       const Providers& providers);

}  // namespace roomkey::handlers
