// The routes of the waiting room, for whoever may let people in.
#pragma once

#include "roomkey/access/decide.hpp"
#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// GET video-waiting: who waits, and who was admitted or denied. With psychologist_first it looks
// at the room as video-status does, so that an event which got lost keeps nobody waiting: may take
// 6 s.
[[nodiscard]] base::Result<http::Response> video_waiting(const http::Call& call,
                                                         store::Database& database,
                                                         const access::Policy& policy,
                                                         const Providers& providers);

// POST .../<user id>/admit and /deny (call.text is the id): participant_not_found for whoever waits
// at no door of this appointment. Who is denied is put out of the room, where they may be in it, as
// by a removal (removal.hpp).
[[nodiscard]] base::Result<http::Response> admit_visitor(const http::Call& call,
                                                         store::Database& database);
[[nodiscard]] base::Result<http::Response> deny_visitor(const http::Call& call,
                                                        store::Database& database,
                                                        const access::Policy& policy,
                                                        const Providers& providers);

}  // namespace roomkey::handlers
