// Twilio's status callbacks of rooms. Source:
// https://www.twilio.com/docs/video/api/status-callbacks and
// https://www.twilio.com/docs/usage/security#validating-requests
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "roomkey/access/room_session.hpp"
#include "roomkey/base/result.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::provider {

struct CallbackSettings {
  std::string url;            // as Twilio was given it; empty: no callback is taken
  crypto::Secret auth_token;  // the account's; empty: no callback is taken
  // Whether an appointment whose patient and psychologist were both there is completed when the
  // room ends.
  bool complete_on_room_end = false;
};

// The decoded parameters of a form, in the order in which they came.
using Form = std::vector<std::pair<std::string, std::string>>;

// True where `signature` (the X-Twilio-Signature header) is that of a request with these parameters
// to `url`, made with the account's Auth Token: base64 of HMAC-SHA1 over the address and the sorted
// parameters. Twilio signs the address with or without its port, so both are tried. Compared in
// constant time. False for an empty token or address.
[[nodiscard]] bool signed_by_twilio(std::string_view signature, std::string_view url,
                                    const Form& form, std::string_view auth_token);

struct TwilioCallback {
  std::string event;      // "participant-connected"; also of recordings, compositions, tracks
  std::string room_name;  // empty where the event is about no room
  std::string room_sid;
  std::string timestamp;       // as Twilio wrote it
  std::int64_t sequence = -1;  // -1: has none (recordings, compositions)
  // Set for the events that a session's state follows from.
  std::optional<access::RoomEvent> room_event;
};

// bad_request naming the field where something is missing or malformed, or there twice.
[[nodiscard]] base::Result<TwilioCallback> read_twilio_callback(const Form& form);

// The user of an identity that access::user_identity() made: the digits before its first `-`.
[[nodiscard]] std::optional<std::int64_t> user_of_twilio_identity(std::string_view identity);

}  // namespace roomkey::provider
