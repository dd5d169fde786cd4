// The routes that put somebody out of a room and let them in again.
#pragma once

#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// POST video-participant/<id>/<identity or SID>/remove: out of the room at its provider first, then
// remembered, so that decide() refuses them; provider_unavailable with nothing done where that
// does not answer. And readmit. For whom access::Action::remove says; both are audit events.
// participant_not_found for whoever is neither the appointment's patient nor its psychologist.
// Where nobody told of a SID yet, the provider is asked (look_at_room): provider_unavailable after
// 2 s.
[[nodiscard]] base::Result<http::Response> remove_participant(const http::Call& call,
                                                              store::Database& database,
                                                              const Providers& providers);
[[nodiscard]] base::Result<http::Response> readmit_participant(const http::Call& call,
                                                               store::Database& database,
                                                               const Providers& providers);

}  // namespace roomkey::handlers
