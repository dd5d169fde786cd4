// The routes about what happens in a room.
#pragma once

#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// GET video-status: for the appointment's patient and psychologist. All three may take 6 s, where
// the room's provider has to be asked.
[[nodiscard]] base::Result<http::Response> video_status(const http::Call& call,
                                                        store::Database& database,
                                                        const Providers& providers);

// GET video-participants (?status=connected|disconnected|reconnecting), and one of them by identity
// or SID (call.text).
[[nodiscard]] base::Result<http::Response> video_participants(const http::Call& call,
                                                              store::Database& database,
                                                              const Providers& providers);
[[nodiscard]] base::Result<http::Response> video_participant(const http::Call& call,
                                                             store::Database& database,
                                                             const Providers& providers);

}  // namespace roomkey::handlers
