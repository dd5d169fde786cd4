// The routes that name an appointment's room.
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

// The `provider` that the body of video-provider names; bad_request.
[[nodiscard]] base::Result<std::string> read_provider_name(const std::string& body);

// POST video-provider: the appointment goes on at the provider `wanted`, in a new room.
// bad_request where there is none of that name, provider_not_configured.
[[nodiscard]] base::Result<http::Response> video_provider(const http::Call& call,
                                                          const base::Result<std::string>& wanted,
                                                          std::string_view action,
                                                          store::Database& database,
                                                          const Providers& providers);

}  // namespace roomkey::handlers
