// The route that names an appointment's room.
#pragma once

#include <string>

#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// POST video-room: names the room, once for all, and then has its provider make it where it is to.
// A pattern that is empty is a `meeting_url` that is null.
[[nodiscard]] base::Result<http::Response> video_room(const http::Call& call,
                                                      std::string_view action,
                                                      store::Database& database,
                                                      const Providers& providers,
                                                      const std::string& meeting_url_pattern);

}  // namespace roomkey::handlers
