#include "provider/janus/rooms.hpp"

#include <algorithm>

#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/key.hpp"

namespace roomkey::provider::janus {

namespace {

constexpr std::size_t kMakeRoom = 0, kListPeople = 1, kKick = 2, kEndRoom = 3;
constexpr std::size_t kMostName = 512;  // bytes

base::Error unavailable(std::size_t request, std::string_view why) {
  return {base::Code::provider_unavailable,
          "Janus, " + std::string(Rooms::kRequests.at(request)) + ": " + std::string(why)};
}

// With the secret behind it, so that there is one place from which it goes out.
std::string with_secret(const base::JsonObject& object, const char* key, std::string_view secret) {
  std::string text = object.text();
  text.pop_back();
  text.append(",\"").append(key).append("\":");
  base::append_quoted(text, secret);
  return text += '}';
}

access::RoomSession session(const std::string& room, std::chrono::sys_seconds now) {
  return {room, access::SessionStatus::in_progress, now, {}, {}, now};
}

}  // namespace

std::string identity_of(const std::string& participant) {
  return participant.substr(0, participant.rfind('~'));
}

struct Rooms::Question {
  std::size_t request;           // its place among kRequests
  std::string body;              // JSON, wiped once it is sent
  std::string room;              // that the answer must name
  const char* done;              // the VideoRoom's word for it
  std::vector<std::int64_t> no;  // what it says where there was nothing to do
};

Rooms::Rooms(const Configuration& configuration, Api::Deadlines deadlines, Listener listener)
    : admin_key_(configuration.admin_key.reveal()),
      listener_(std::move(listener)),
      api_(configuration, deadlines) {}

// Nobody has to keep it: whoever has the admin key can have it again.
std::string Rooms::secret_of(const std::string& room) const {
  const auto key = crypto::Key::from_secret(admin_key_.reveal(), crypto::Algorithm::hs256);
  return key ? crypto::base64url(key->sign("roomkey room secret: " + room)) : std::string();
}

base::Result<Api::Reply> Rooms::ask(Api::Visit& visit, Question question) {
  if (!fault().empty()) return unavailable(question.request, fault());
  auto reply = visit.ask(std::move(question.body));
  const bool nothing =
      std::find(question.no.begin(), question.no.end(), reply.error) != question.no.end();
  listener_(question.request, reply.error == 0 || nothing ? Outcome::answered
                              : reply.error > 0           ? Outcome::refused
                                                          : Outcome::unreachable);
  if (reply.error != 0 && !nothing) return unavailable(question.request, reply.why);
  if (nothing) return reply;
  if (base::string_member(reply.object, "videoroom") != question.done) {
    return unavailable(question.request, "the answer is wrong: videoroom");
  }
  // As text: a Janus that takes numbers for names has another room.
  const bool named = reply.object.isMember("room");
  if (named && base::string_member(reply.object, "room") != question.room) {
    return unavailable(question.request, "the answer is wrong: another room");
  }
  return reply;
}

base::Result<std::optional<Rooms::People>> Rooms::people(Api::Visit& visit,
                                                         const std::string& room) {
  auto body = base::JsonObject().add("request", "listparticipants").add("room", room).text();
  const auto reply =
      ask(visit, {kListPeople, std::move(body), room, "participants", {kNoSuchRoom}});
  if (!reply) return reply.error();
  if (reply->error != 0) return std::optional<People>();
  const Json::Value& list = reply->object["participants"];
  if (!list.isArray()) return unavailable(kListPeople, "the answer is wrong: participants");
  People people;
  for (const Json::Value& one : list) {
    const auto id = one.isObject() ? base::string_member(one, "id") : std::nullopt;
    if (!id || id->empty() || id->size() > kMostName) {
      return unavailable(kListPeople, "the answer is wrong: id");
    }
    people.push_back(*id);
  }
  return std::optional(std::move(people));
}

base::Result<std::optional<access::RoomSession>> Rooms::look(const std::string& room,
                                                             const std::string& session_sid,
                                                             std::chrono::sys_seconds now) {
  Api::Visit visit(api_);
  const auto there = people(visit, room);
  if (!there) return there.error();
  auto found = session(room, now);
  if (!*there) {
    if (session_sid != room) return std::optional<access::RoomSession>();
    found.status = access::SessionStatus::completed;
    return std::optional(std::move(found));
  }
  for (const std::string& one : **there) {
    found.participants.push_back({one, identity_of(one), now, {}, {}});
  }
  return std::optional(std::move(found));
}

base::Result<access::RoomSession> Rooms::make(const NewRoom& room, std::chrono::sys_seconds now) {
  base::JsonObject wanted;
  wanted.add("request", "create")
      .add("room", room.name)
      .add("description", "roomkey")
      .add("permanent", false)
      .add("is_private", true)
      .add("signed_tokens", true)
      .add("require_pvtid", true)
      .add("publishers", room.people)
      .add("lock_record", true)
      .add("secret", secret_of(room.name));
  Api::Visit visit(api_);
  const auto reply = ask(visit, {kMakeRoom,
                                 with_secret(wanted, "admin_key", admin_key_.reveal()),
                                 room.name,
                                 "created",
                                 {kRoomExists}});
  if (!reply) return reply.error();
  if (reply->error != 0 && room.people > 2) {
    if (const auto grown = grow(visit, room); !grown) return grown.error();
  }
  return session(room.name, now);
}

base::Result<Api::Reply> Rooms::grow(Api::Visit& visit, const NewRoom& room) {
  base::JsonObject wanted;
  wanted.add("request", "edit")
      .add("room", room.name)
      .add("new_publishers", room.people)
      .add("permanent", false);
  return ask(visit, {kMakeRoom,
                     with_secret(wanted, "secret", secret_of(room.name)),
                     room.name,
                     "edited",
                     {kNoSuchRoom}});
}

base::Result<bool> Rooms::kick(Api::Visit& visit, const std::string& room,
                               const std::string& participant) {
  base::JsonObject wanted;
  wanted.add("request", "kick").add("room", room).add("id", participant);
  const auto reply = ask(visit, {kKick,
                                 with_secret(wanted, "secret", secret_of(room)),
                                 room,
                                 "success",
                                 {kNoSuchRoom, kNoSuchFeed}});
  if (!reply) return reply.error();
  return reply->error == 0;
}

base::Result<bool> Rooms::put_out(const Seat& seat) {
  Api::Visit visit(api_);
  const auto there = people(visit, seat.room);
  if (!there) return there.error();
  bool any = false;
  for (const std::string& one : there->value_or(People())) {
    if (seat.sid.empty() ? identity_of(one) != seat.identity : one != seat.sid) continue;
    const auto out = kick(visit, seat.room, one);
    if (!out) return out.error();
    any = *out || any;
  }
  return any;
}

base::Result<bool> Rooms::end(const std::string& room, const std::string&) {
  base::JsonObject wanted;
  wanted.add("request", "destroy").add("room", room);
  Api::Visit visit(api_);
  const auto reply = ask(
      visit,
      {kEndRoom, with_secret(wanted, "secret", secret_of(room)), room, "destroyed", {kNoSuchRoom}});
  if (!reply) return reply.error();
  return reply->error == 0;
}

}  // namespace roomkey::provider::janus
