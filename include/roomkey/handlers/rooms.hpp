// The routes about what happens in a room, and the provider's callback that tells of it.
#pragma once

#include <string>

#include "roomkey/handlers/live.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/provider/twilio/callback.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// GET video-status: for the appointment's patient and psychologist. All three may take 6 s, where
// Twilio has to be asked.
[[nodiscard]] base::Result<http::Response> video_status(const http::Call& call,
                                                        store::Database& database,
                                                        const Twilio& twilio,
                                                        const std::string& region);

// GET video-participants (?status=connected|disconnected|reconnecting), and one of them by identity
// or SID (call.text).
[[nodiscard]] base::Result<http::Response> video_participants(const http::Call& call,
                                                              store::Database& database,
                                                              const Twilio& twilio);
[[nodiscard]] base::Result<http::Response> video_participant(const http::Call& call,
                                                             store::Database& database,
                                                             const Twilio& twilio);

// POST from Twilio. bad_signature, with the store untouched, for whatever Twilio did not sign for
// the configured address. Answers well-signed events of unknown rooms too, so that Twilio is
// content. Who comes in though removed is put out again at Twilio, after what it told is committed;
// where it does not answer, that is left to the next look at the room.
[[nodiscard]] base::Result<http::Response> twilio_callback(
    http::Call& call, store::Database& database, const provider::CallbackSettings& settings,
    const Twilio& twilio);

}  // namespace roomkey::handlers
