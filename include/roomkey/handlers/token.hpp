// The routes that give a token for an appointment's room.
#pragma once

#include "roomkey/access/decide.hpp"
#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// GET video-token, GET and POST video-token-refresh (which says `refreshed_at` as well): an access
// token for the appointment's patient and psychologist. The audit event, named `action`, is
// committed before this returns, and call.provider says whose it is. A worker that may speak to no
// one has nginx ask the room pool instead where roomkey makes the room, and nothing tells that it
// is there.
enum class Issue { first, refresh };
[[nodiscard]] base::Result<http::Response> video_token(http::Call& call, Issue issue,
                                                       std::string_view action,
                                                       store::Database& database,
                                                       const access::Policy& policy,
                                                       const Providers& providers);

// The same, and then has the provider make the room where no one is known to be in it: where
// roomkey makes rooms, a token opens none that is not made. To be called where it may speak to the
// provider, outside of any transaction. Where that is away the token is given all the same.
[[nodiscard]] base::Result<http::Response> video_token_and_room(http::Call& call, Issue issue,
                                                                std::string_view action,
                                                                store::Database& database,
                                                                const access::Policy& policy,
                                                                const Providers& providers);

}  // namespace roomkey::handlers
