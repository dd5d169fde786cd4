#include "provider/livekit/service.hpp"

#include <algorithm>

#include "provider/livekit/claims.hpp"
#include "roomkey/base/ascii.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::provider::livekit {

namespace {

// How RoomService calls it, and the right that it asks for.
struct Method {
  const char* name;
  const char* right;
};
constexpr std::array<Method, 5> kMethods{{{"ListRooms", "roomList"},
                                          {"ListParticipants", "roomAdmin"},
                                          {"RemoveParticipant", "roomAdmin"},
                                          {"CreateRoom", "roomCreate"},
                                          {"DeleteRoom", "roomCreate"}}};

const Method& method(Request request) { return kMethods.at(static_cast<std::size_t>(request)); }

base::Error no_answer(Request request, std::string_view why) {
  return {base::Code::provider_unavailable,
          "LiveKit, " + std::string(method(request).name) + ": " + std::string(why)};
}

// Twirp's word for what went wrong, such as "permission_denied"; empty for what is no such word.
std::string code_of(const Json::Value& object) {
  constexpr std::size_t kMost = 40;
  std::string code = base::string_member(object, "code").value_or("");
  const bool good = code.size() <= kMost && std::all_of(code.begin(), code.end(), [](char c) {
                      return base::is_lower(c) || c == '_';
                    });
  return good ? code : std::string();
}

Outcome outcome_of(const Reply& reply) {
  if (reply.good() || reply.not_there()) return Outcome::answered;
  const bool said_no = reply.status == 401 || reply.status == 403 || !reply.code.empty();
  return said_no ? Outcome::refused : Outcome::unreachable;
}

}  // namespace

Service::Service(ServiceSettings settings, Listener listener)
    : api_url_(std::move(settings.api_url)),
      api_key_(std::move(settings.api_key)),
      deadline_(settings.deadline),
      listener_(std::move(listener)),
      https_({"", crypto::Secret(), settings.connect_deadline, settings.ca_file}) {
  if (settings.api_secret.empty()) return;
  key_ = crypto::Key::from_secret(settings.api_secret.reveal(), crypto::Algorithm::hs256).value();
}

Https::Deadline Service::deadline() const { return std::chrono::steady_clock::now() + deadline_; }

std::string Service::token(Request request, const std::string& room) const {
  constexpr std::chrono::seconds kLife{60};
  const auto now = base::SystemClock().now();
  const std::string video =
      base::JsonObject().add("room", room).add(method(request).right, true).text();
  return crypto::sign_jws(kTokenHeader,
                          base::JsonObject()
                              .add("iss", api_key_)
                              .add("nbf", base::unix_seconds(now))
                              .add("exp", base::unix_seconds(now + kLife))
                              .add_raw("video", video)
                              .text(),
                          *key_);
}

Reply Service::send(Request request, const std::string& room, const std::string& body,
                    Https::Deadline deadline) {
  Reply reply;
  if (!key_ || api_url_.empty()) {
    reply.why = "LiveKit is not configured";
    return reply;
  }
  std::string bearer = token(request, room);
  const crypto::Secret secret(bearer);
  crypto::wipe(bearer);
  const auto answer = https_.post_json(
      api_url_ + "/twirp/livekit.RoomService/" + method(request).name, body, secret, deadline);
  if (!answer) {
    reply.failure = https_.failure();
    reply.why = answer.error().detail;
    return reply;
  }
  reply.status = answer->status;
  reply.date = answer->date;
  reply.body = answer->body;
  if (auto object = base::parse_json_object(answer->body)) reply.object = std::move(*object);
  if (reply.object && !reply.good()) reply.code = code_of(*reply.object);
  return reply;
}

base::Result<std::optional<Json::Value>> Service::ask(Request request, const std::string& room,
                                                      const std::string& body,
                                                      Https::Deadline deadline) {
  Reply reply = send(request, room, body, deadline);
  listener_(static_cast<std::size_t>(request), outcome_of(reply));
  if (reply.good()) return std::move(reply.object);
  if (reply.not_there()) return std::optional<Json::Value>();
  if (reply.status == 0) return no_answer(request, reply.why);
  if (reply.status == 200) return no_answer(request, "the answer is no JSON object");
  return no_answer(request, "HTTP " + std::to_string(reply.status) +
                                (reply.code.empty() ? "" : ", " + reply.code));
}

base::Error Service::lie(Request request, std::string_view what) {
  return no_answer(request, "the answer is wrong: " + std::string(what));
}

}  // namespace roomkey::provider::livekit
