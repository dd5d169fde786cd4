// The routes for an SDK that asks for a user's token and then for a call: what a browser
// needs to make its client and to join.
#pragma once

#include "roomkey/access/decide.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/provider/calls.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// What a body asks for. Members that are not known are let pass: frontends send more.
struct WantedCall {
  std::optional<std::string> user_id;
  std::optional<std::string> call_id;
  std::string call_type = "default";
};

// bad_request where the body is no JSON object that asks for something.
[[nodiscard]] base::Result<WantedCall> read_wanted_call(const std::string& body,
                                                        const provider::Calls& calls);

// What all three check, in this order: a `userId` that is not one of the caller's own names is
// permission_denied; a `callId` must be the room of an appointment that access::decide() lets the
// caller join (appointment_not_found where it is nobody's room); then the provider must be
// configured (provider_not_configured) and the room's name a call id (token_failed). They set
// call.id to that appointment's, for the log line and the audit event.

// POST token: for the caller, for the one call where `callId` is given, else for those that the
// caller may join now, the nearest 20 at most (no_open_appointment where there is none), or, where
// Calls::gives_unbound(), for none in particular. By a pseudonym the caller is somebody else in
// each call: then it is for the nearest alone, or that where it is the `userId` that is named. The
// audit has an event for each call's appointment, committed before this returns.
[[nodiscard]] base::Result<http::Response> call_token(http::Call& call,
                                                      const base::Result<WantedCall>& wanted,
                                                      store::Database& database,
                                                      const access::Policy& policy,
                                                      const provider::Calls& calls);

// POST: what the SDK's client is made from.
[[nodiscard]] base::Result<http::Response> video_call(http::Call& call,
                                                      const base::Result<WantedCall>& wanted,
                                                      store::Database& database,
                                                      const access::Policy& policy,
                                                      const provider::Calls& calls);

// GET ?callId=: the API key.
[[nodiscard]] base::Result<http::Response> call_key(http::Call& call, store::Database& database,
                                                    const access::Policy& policy,
                                                    const provider::Calls& calls);

}  // namespace roomkey::handlers
