// The routes about one appointment and its room.
#pragma once

#include <string>

#include "roomkey/access/decide.hpp"
#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// GET video-token, GET and POST video-token-refresh (which says `refreshed_at` as well): an access
// token for the appointment's patient and psychologist. The audit event, named `action`, is
// committed before this returns, and call.provider says whose it is.
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

// For a worker that may speak to no one: has nginx ask the room pool, at the location that it named
// (nginx/roomkey.conf.in).
[[nodiscard]] http::Response ask_room_pool(std::string_view location);

// POST video-room: names the room, once for all, and then has its provider make it where it is to.
// A pattern that is empty is a `meeting_url` that is null.
[[nodiscard]] base::Result<http::Response> video_room(const http::Call& call,
                                                      std::string_view action,
                                                      store::Database& database,
                                                      const Providers& providers,
                                                      const std::string& meeting_url_pattern);

// GET the appointment. `can_join` where one of the providers would give the caller a token now.
[[nodiscard]] base::Result<http::Response> appointment(const http::Call& call,
                                                       store::Database& database,
                                                       const access::Policy& policy,
                                                       const Providers& providers);

}  // namespace roomkey::handlers
