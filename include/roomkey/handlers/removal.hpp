// The routes that put somebody out of a room and let them in again.
#pragma once

#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// POST video-participant/<id>/<identity or SID>/remove: remembered first, so that decide() refuses
// them, then out of the room at its provider; `at_provider` says whether that is done ("removed"),
// left to carry_on() ("pending"), or nothing that this provider can do (null). Where a token of
// before would open the room all the same (Rooms::need_new_name), the appointment goes on in a new
// one. And readmit, for
// whom access::permit_readmit() says. Both are audit events. participant_not_found for whoever is
// neither the appointment's patient nor its psychologist. Where nobody told of a SID yet, the
// provider is asked (look_at_room): provider_unavailable where that took 2 s and told nothing.
[[nodiscard]] base::Result<http::Response> remove_participant(const http::Call& call,
                                                              store::Database& database,
                                                              const Providers& providers);
[[nodiscard]] base::Result<http::Response> readmit_participant(const http::Call& call,
                                                               store::Database& database,
                                                               const Providers& providers);

}  // namespace roomkey::handlers
