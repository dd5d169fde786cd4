// What the routes that give tokens have in common.
#pragma once

#include <string_view>

#include "handlers/live.hpp"
#include "roomkey/access/decide.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/provider/provider.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// Where the room is to be made first, and not by this worker.
[[nodiscard]] bool is_for_room_pool(const http::Call& call, store::Database& database,
                                    const access::Room& room, const Providers& providers,
                                    Glance& glance, Comer comer = Comer::one_of_two);
// Why this worker can't make the room; empty where it can, or has not to.
[[nodiscard]] std::string_view room_fault(const Providers& providers, const access::Room& room);
// Has nginx ask the room pool, at the location that it named (nginx/roomkey.conf.in).
[[nodiscard]] http::Response ask_room_pool(std::string_view location);

// All that is told of a token.
[[nodiscard]] base::JsonObject token_body(const access::Grant& grant,
                                          const provider::Credential& credential,
                                          const access::Appointment& appointment,
                                          const provider::Provider& provider);

}  // namespace roomkey::handlers
