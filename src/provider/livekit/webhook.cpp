#include "provider/livekit/webhook.hpp"

#include <array>

#include "provider/livekit/claims.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::provider::livekit {

namespace {

using access::RoomEventKind;
using base::Code;
using base::Error;
using std::chrono::seconds;

constexpr std::size_t kMostParts = 1024;             // of an event; that of a track has about 150
constexpr seconds kLongest{std::chrono::days{366}};  // no session lasts so long

Error forged(std::string why) { return {Code::bad_signature, std::move(why)}; }

Error malformed(std::string_view name) {
  return {Code::bad_request, std::string(name) + " is missing or malformed"};
}

// Who broke off before being in the room (participant_connection_aborted) was never in it.
std::optional<RoomEventKind> kind_of(std::string_view event) {
  static constexpr std::array<std::pair<std::string_view, RoomEventKind>, 4> kKinds{
      {{"room_started", RoomEventKind::room_created},
       {"room_finished", RoomEventKind::room_ended},
       {"participant_joined", RoomEventKind::participant_connected},
       {"participant_left", RoomEventKind::participant_disconnected}}};
  for (const auto& [word, kind] : kKinds) {
    if (event == word) return kind;
  }
  return std::nullopt;
}

bool is_of_participant(RoomEventKind kind) {
  return kind == RoomEventKind::participant_connected ||
         kind == RoomEventKind::participant_disconnected;
}

// Empty where it is not there.
std::string text_in(const Json::Value& object, const char* key) {
  return object.isObject() ? base::string_member(object, key).value_or("") : "";
}

std::string_view without_scheme(std::string_view authorization) {
  constexpr std::string_view kBearer = "Bearer ";
  const bool has = base::equals_ignoring_case(authorization.substr(0, kBearer.size()), kBearer);
  return has ? authorization.substr(kBearer.size()) : authorization;
}

base::Result<Json::Value> claims_of(std::string_view token, const crypto::Secret& secret) {
  auto key = crypto::Key::from_secret(secret.reveal(), crypto::Algorithm::hs256);
  if (!key) return forged("LIVEKIT_API_SECRET is not set");
  crypto::KeySet keys{crypto::Algorithm::hs256, {}};
  keys.keys.push_back(std::move(*key));
  const auto jws = crypto::verify_jws(token, keys);
  if (!jws) return forged("not signed with LIVEKIT_API_SECRET");
  auto claims = base::parse_json_object(jws->payload, base::kFewParts);
  return claims ? std::move(claims) : forged("the signature's claims are no JSON object");
}

// How long what ended had lasted, where it says when it began.
std::optional<std::int64_t> lasted(const Json::Value& since, std::chrono::sys_seconds at) {
  const auto began = time_of(since);
  if (!began || *began > at || at - *began > kLongest) return std::nullopt;
  return (at - *began).count();
}

base::Result<access::RoomEvent> room_event(const Json::Value& object, RoomEventKind kind,
                                           const std::string& id) {
  const auto at = time_of(object["createdAt"]);
  if (!at) return malformed("createdAt");
  access::RoomEvent event{place_of(*at, kind, id), kind, *at, "", "", std::nullopt};
  const Json::Value& room = object["room"];
  if (kind == RoomEventKind::room_ended) event.duration = lasted(room["creationTime"], *at);
  if (!is_of_participant(kind)) return event;
  const Json::Value& participant = object["participant"];
  event.participant_sid = text_in(participant, "sid");
  event.identity = text_in(participant, "identity");
  if (!is_sid(event.participant_sid, "PA")) return malformed("participant.sid");
  if (event.identity.empty() || event.identity.size() > kMostBytes) {
    return malformed("participant.identity");
  }
  if (kind == RoomEventKind::participant_disconnected) {
    event.duration = lasted(participant["joinedAt"], *at);
  }
  return event;
}

std::string time_said(const Json::Value& value) {
  const auto time = time_of(value);
  return time ? std::to_string(base::unix_seconds(*time)) : std::string();
}

}  // namespace

std::int64_t place_of(std::chrono::sys_seconds at, RoomEventKind kind, std::string_view id) {
  constexpr int kBitsOfId = 27, kBitsOfKind = 2;
  constexpr std::array kOrder{RoomEventKind::room_created, RoomEventKind::participant_connected,
                              RoomEventKind::participant_disconnected, RoomEventKind::room_ended};
  std::int64_t rank = 0;
  while (kOrder.at(static_cast<std::size_t>(rank)) != kind) ++rank;
  const std::string hash = crypto::sha256(id);
  std::int64_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    bits = bits << 8 | static_cast<unsigned char>(hash[static_cast<std::size_t>(i)]);
  }
  bits &= (std::int64_t{1} << kBitsOfId) - 1;
  return (base::unix_seconds(at) << kBitsOfKind | rank) << kBitsOfId | bits;
}

base::Result<std::monostate> check_signature(std::string_view authorization, std::string_view body,
                                             const WebhookSettings& settings,
                                             std::chrono::sys_seconds now) {
  if (settings.api_key.empty()) return forged("LIVEKIT_API_KEY is not set");
  if (settings.api_secret.empty()) return forged("LIVEKIT_API_SECRET is not set");
  if (authorization.empty()) return forged("not signed");
  const auto claims = claims_of(without_scheme(authorization), settings.api_secret);
  if (!claims) return claims.error();
  if (text_in(*claims, "iss") != settings.api_key) {
    return forged("signed by another API key than LIVEKIT_API_KEY");
  }
  const auto until = base::numeric_date((*claims)["exp"]);
  if (!until) return forged("the signature says not until when it holds");
  if (now >= *until + kLeeway) return forged("the signature has expired, or a clock is wrong");
  const auto from = base::numeric_date((*claims)["nbf"]);
  if ((*claims).isMember("nbf") && (!from || now < *from - kLeeway)) {
    return forged("the signature is not valid yet: a clock is wrong");
  }
  if (!crypto::equal_constant_time(crypto::base64(crypto::sha256(body)),
                                   text_in(*claims, "sha256"))) {
    return forged("signed for another body");
  }
  return std::monostate{};
}

base::Result<Told> read_webhook(std::string_view body) {
  const auto parsed = base::parse_json_object(body, kMostParts);
  if (!parsed) return Error{Code::bad_request, "The body is " + parsed.error().detail};
  const Json::Value& object = *parsed;
  Told told;
  told.event = text_in(object, "event");
  if (told.event.empty()) return malformed("event");
  told.room_name = text_in(object["room"], "name");
  told.room_sid = text_in(object["room"], "sid");
  told.timestamp = time_said(object["createdAt"]);
  const auto kind = kind_of(told.event);
  if (!kind) return told;
  const std::string id = text_in(object, "id");
  if (!is_sid(id, "EV")) return malformed("id");
  if (told.room_name.empty()) return malformed("room.name");
  if (!is_sid(told.room_sid, "RM")) return malformed("room.sid");
  auto event = room_event(object, *kind, id);
  if (!event) return event.error();
  told.sequence = event->sequence;
  told.room_event = std::move(*event);
  return told;
}

base::Result<Told> Events::read(const Notice& notice) const {
  const auto signature =
      check_signature(notice.header("HTTP_AUTHORIZATION"), notice.body, settings_, clock_->now());
  if (!signature) return signature.error();
  constexpr std::string_view kType = "application/webhook+json";
  const std::string type = base::lower_ascii(notice.content_type);
  if (!type.starts_with(kType) || (type.size() > kType.size() && type[kType.size()] != ';')) {
    return Error{Code::bad_request, "The body is not application/webhook+json"};
  }
  return read_webhook(notice.body);
}

}  // namespace roomkey::provider::livekit
