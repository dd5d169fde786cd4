#include "roomkey/provider/twilio/callback.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "provider/twilio/sid.hpp"
#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::provider::twilio {

namespace {

using base::Code;
using base::Error;

constexpr std::string_view kScheme = "://";

// The address with its scheme's default port where it has none, and without a port where it has
// one.
std::string other_spelling(std::string_view url) {
  const auto start = url.find(kScheme);
  if (start == url.npos) return {};
  const auto host = start + kScheme.size();
  const auto end = std::min(url.find_first_of("/?#", host), url.size());
  const auto colon = url.find(':', std::max(url.rfind(']', end) + 1, host));
  const std::string before(url.substr(0, std::min(colon, end)));
  const std::string after(url.substr(end));
  if (colon < end) return before + after;
  return before + (url.starts_with("https") ? ":443" : ":80") + after;
}

// Whether it can be a signature at all: 20 bytes in base64.
bool looks_signed(std::string_view signature) {
  constexpr std::size_t kSize = 28;
  return signature.size() == kSize && signature.ends_with('=') &&
         std::all_of(signature.begin(), signature.end() - 1,
                     [](char c) { return base::is_alphanumeric(c) || c == '+' || c == '/'; });
}

std::string signature_of(std::string_view url, const std::string& parameters,
                         std::string_view auth_token) {
  return crypto::base64(crypto::hmac_sha1(auth_token, std::string(url) + parameters));
}

// A field's value; an Error where it is there twice.
base::Result<std::string> field(const Form& form, std::string_view name) {
  std::string value;
  int count = 0;
  for (const auto& [key, text] : form) {
    if (key != name) continue;
    value = text;
    ++count;
  }
  if (count > 1) return Error{Code::bad_request, std::string(name) + " is given more than once"};
  return value;
}

Error malformed(std::string_view name) {
  return {Code::bad_request, std::string(name) + " is missing or malformed"};
}

// No session lasts so long; nothing that is reckoned with it overflows.
constexpr std::int64_t kMostSeconds = std::chrono::seconds{std::chrono::days{366}}.count();

// The fields of a participant's or a room's event, checked.
base::Result<access::RoomEvent> room_event(const Form& form, access::RoomEventKind kind,
                                           const Told& callback) {
  const auto at = base::parse_utc(callback.timestamp);
  if (!at) return malformed("Timestamp");
  access::RoomEvent event{callback.sequence, kind, *at, "", "", std::nullopt};
  const bool of_participant = kind == access::RoomEventKind::participant_connected ||
                              kind == access::RoomEventKind::participant_disconnected;
  const auto* const duration_name = of_participant ? "ParticipantDuration" : "RoomDuration";
  const auto duration = field(form, duration_name);
  if (!duration) return duration.error();
  if (!duration->empty()) event.duration = base::parse_number(*duration);
  const bool good = duration->empty() || (event.duration && *event.duration <= kMostSeconds);
  if (!good) return malformed(duration_name);
  if (!of_participant) return event;
  const auto sid = field(form, "ParticipantSid");
  const auto identity = field(form, "ParticipantIdentity");
  if (!sid || !is_sid(*sid, "PA")) return malformed("ParticipantSid");
  constexpr std::size_t kMostIdentity = 512;
  if (!identity || identity->size() > kMostIdentity) return malformed("ParticipantIdentity");
  event.participant_sid = *sid;
  event.identity = *identity;
  return event;
}

}  // namespace

bool is_signature(std::string_view signature, std::string_view url, const Form& form,
                  std::string_view auth_token) {
  if (auth_token.empty() || url.empty()) return false;
  Form sorted = form;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::string parameters;
  for (const auto& [name, value] : sorted) parameters += name + value;
  const bool as_configured =
      crypto::equal_constant_time(signature_of(url, parameters, auth_token), signature);
  const bool otherwise = crypto::equal_constant_time(
      signature_of(other_spelling(url), parameters, auth_token), signature);
  return as_configured || otherwise;
}

base::Result<Told> read_callback(const Form& form) {
  Told callback;
  std::string sequence;
  for (const auto& [name, target] : {std::pair{"StatusCallbackEvent", &callback.event},
                                     {"RoomName", &callback.room_name},
                                     {"RoomSid", &callback.room_sid},
                                     {"Timestamp", &callback.timestamp},
                                     {"SequenceNumber", &sequence}}) {
    auto value = field(form, name);
    if (!value) return value.error();
    *target = std::move(*value);
  }
  if (callback.event.empty()) return malformed("StatusCallbackEvent");
  const bool of_room = callback.event.starts_with("room-") ||
                       callback.event.starts_with("participant-") ||
                       callback.event.starts_with("track-");
  if (!of_room) return callback;
  constexpr std::int64_t kMostEvents = 10'000'000;
  const auto number = base::parse_number(sequence);
  if (!number || *number > kMostEvents) return malformed("SequenceNumber");
  callback.sequence = *number;
  if (!is_sid(callback.room_sid, "RM")) return malformed("RoomSid");
  if (callback.room_name.empty()) return malformed("RoomName");
  const auto kind = access::parse_room_event(callback.event);
  if (!kind) return callback;
  auto event = room_event(form, *kind, callback);
  if (!event) return event.error();
  callback.room_event = std::move(*event);
  return callback;
}

base::Result<Told> Events::read(const Notice& notice) const {
  const auto forged = [](std::string why) { return Error{Code::bad_signature, std::move(why)}; };
  if (settings_.url.empty()) return forged("TWILIO_STATUS_CALLBACK_URL is not set");
  if (settings_.auth_token.empty()) return forged("TWILIO_AUTH_TOKEN is not set");
  const auto signature = notice.header("HTTP_X_TWILIO_SIGNATURE");
  if (signature.empty()) return forged("not signed");
  if (!looks_signed(signature)) return forged("the signature is none of Twilio's");
  // A body that is not a form cannot carry a valid signature.
  const auto form = base::parse_form(notice.body);
  if (!form && form.error().code == Code::payload_too_large) return form.error();
  if (!form) return forged(form.error().detail);
  if (!is_signature(signature, settings_.url, *form, settings_.auth_token.reveal())) {
    return forged("not signed for TWILIO_STATUS_CALLBACK_URL");
  }
  if (!base::is_form(notice.content_type)) {
    return Error{Code::bad_request, "The body is not application/x-www-form-urlencoded"};
  }
  return read_callback(*form);
}

}  // namespace roomkey::provider::twilio
