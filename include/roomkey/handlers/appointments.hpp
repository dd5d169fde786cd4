// The routes about one appointment and its room.
#pragma once

#include <string>
#include <vector>

#include "roomkey/access/decide.hpp"
#include "roomkey/handlers/live.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/provider/provider.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

using Providers = std::vector<const provider::Provider*>;

// GET video-token and video-token-refresh (which says `refreshed_at` as well): an access token for
// the appointment's patient and psychologist. The audit event, named `action`, is committed before
// this returns.
enum class Issue { first, refresh };
[[nodiscard]] base::Result<http::Response> video_token(
    const http::Call& call, Issue issue, std::string_view action, store::Database& database,
    const access::Policy& policy, const provider::Provider& provider, const std::string& region);

// POST video-room: names the room, once for all, and then has Twilio make it where it is to.
[[nodiscard]] base::Result<http::Response> video_room(const http::Call& call,
                                                      std::string_view action,
                                                      store::Database& database,
                                                      const Twilio& twilio,
                                                      const std::string& frontend_url);

// GET the appointment. `can_join` where one of the providers would give the caller a token now.
[[nodiscard]] base::Result<http::Response> appointment(const http::Call& call,
                                                       store::Database& database,
                                                       const access::Policy& policy,
                                                       const Providers& providers);

}  // namespace roomkey::handlers
