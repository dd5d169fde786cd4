// The routes that put somebody out of a room and let them in again.
#pragma once

#include "roomkey/handlers/live.hpp"
#include "roomkey/http/router.hpp"

namespace roomkey::handlers {

// POST video-participant/<id>/<identity or SID>/remove: out of the room at Twilio first, then
// remembered, so that decide() refuses them; provider_unavailable with nothing done where Twilio
// does not answer. And readmit. For whom access::Action::remove says; both are audit events.
// participant_not_found for whoever is neither the appointment's patient nor its psychologist.
// Where nobody told of a SID yet, Twilio is asked (look_at_room): provider_unavailable after 2 s.
[[nodiscard]] base::Result<http::Response> remove_participant(const http::Call& call,
                                                              store::Database& database,
                                                              const Twilio& twilio);
[[nodiscard]] base::Result<http::Response> readmit_participant(const http::Call& call,
                                                               store::Database& database,
                                                               const Twilio& twilio);

}  // namespace roomkey::handlers
