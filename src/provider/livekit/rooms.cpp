#include "provider/livekit/rooms.hpp"

#include <algorithm>

#include "provider/livekit/claims.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"

namespace roomkey::provider::livekit {

namespace {

// The room, where the object tells of that one.
std::optional<access::RoomSession> session_from(const Json::Value& object, const std::string& room,
                                                std::chrono::sys_seconds now) {
  if (!object.isObject()) return std::nullopt;
  const auto sid = base::string_member(object, "sid");
  const auto began = time_of(object["creation_time"]);
  if (base::string_member(object, "name") != room || !sid || !is_sid(*sid, "RM") || !began) {
    return std::nullopt;
  }
  return access::RoomSession{
      *sid, access::SessionStatus::in_progress, std::min(*began, now), {}, {}, now};
}

std::optional<access::Participant> participant_from(const Json::Value& object,
                                                    std::chrono::sys_seconds now) {
  if (!object.isObject()) return std::nullopt;
  const auto sid = base::string_member(object, "sid");
  const auto identity = base::string_member(object, "identity");
  if (!sid || !is_sid(*sid, "PA") || !identity || identity->size() > kMostBytes)
    return std::nullopt;
  const auto since = time_of(object["joined_at"]).value_or(now);
  return access::Participant{*sid, *identity, std::min(since, now), {}, {}};
}

// A list of objects; null where there is none.
const Json::Value* list_in(const Json::Value& answer, const char* key) {
  const Json::Value& list = answer[key];
  return list.isArray() ? &list : nullptr;
}

std::string named(const std::string& room) { return base::JsonObject().add("room", room).text(); }

}  // namespace

base::Result<std::vector<access::Participant>> Rooms::people_in(const std::string& room,
                                                                std::chrono::sys_seconds now,
                                                                Https::Deadline deadline) {
  constexpr auto kRequest = Request::list_participants;
  std::vector<access::Participant> people;
  const auto answer = service_.ask(kRequest, room, named(room), deadline);
  if (!answer) return answer.error();
  if (!*answer) return people;  // the room ended meanwhile
  const Json::Value* const list = list_in(**answer, "participants");
  if (list == nullptr) return Service::lie(kRequest, "participants");
  for (const Json::Value& one : *list) {
    auto participant = participant_from(one, now);
    if (!participant) return Service::lie(kRequest, "a participant");
    if (base::string_member(one, "state") == "DISCONNECTED") continue;
    people.push_back(std::move(*participant));
  }
  return people;
}

base::Result<std::optional<access::RoomSession>> Rooms::look(const std::string& room,
                                                             const std::string& session_sid,
                                                             std::chrono::sys_seconds now) {
  const auto until = service_.deadline();
  base::JsonArray names;
  names.add(room);
  const std::string body = base::JsonObject().add_raw("names", names.text()).text();
  const auto answer = service_.ask(Request::list_rooms, room, body, until);
  if (!answer) return answer.error();
  const Json::Value* const list = *answer ? list_in(**answer, "rooms") : nullptr;
  if (list == nullptr) return Service::lie(Request::list_rooms, "rooms");
  if (list->empty()) {
    // It forgets a room that is over.
    if (session_sid.empty()) return std::optional<access::RoomSession>();
    return std::optional(
        access::RoomSession{session_sid, access::SessionStatus::completed, now, {}, {}, now});
  }
  auto session = session_from((*list)[0], room, now);
  if (!session || list->size() != 1) return Service::lie(Request::list_rooms, "another room");
  auto people = people_in(room, now, until);
  if (!people) return people.error();
  session->participants = std::move(*people);
  return session;
}

// It outlasts who is late and who loses the line, and is for as many as may come.
base::Result<access::RoomSession> Rooms::make(const NewRoom& room, std::chrono::sys_seconds now) {
  constexpr auto kRequest = Request::create_room;
  const std::string body = base::JsonObject()
                               .add("name", room.name)
                               .add("empty_timeout", 30 * 60)
                               .add("departure_timeout", 15 * 60)
                               .add("max_participants", room.people)
                               .text();
  const auto answer = service_.ask(kRequest, room.name, body, service_.deadline());
  if (!answer) return answer.error();
  const auto session = *answer ? session_from(**answer, room.name, now) : std::nullopt;
  return session ? base::Result(*session) : Service::lie(kRequest, "another room");
}

// LiveKit Cloud refuses from then on what tokens were made before; a server of one's own does not
// read it.
base::Result<bool> Rooms::put_out(const Seat& seat) {
  const auto from = base::SystemClock().now() + std::chrono::seconds{1};
  const std::string body = base::JsonObject()
                               .add("room", seat.room)
                               .add("identity", seat.identity)
                               .add("revoke_token_ts", base::unix_seconds(from))
                               .text();
  const auto answer =
      service_.ask(Request::remove_participant, seat.room, body, service_.deadline());
  if (!answer) return answer.error();
  return answer->has_value();
}

base::Result<bool> Rooms::end(const std::string& room, const std::string&) {
  const auto answer = service_.ask(Request::delete_room, room, named(room), service_.deadline());
  if (!answer) return answer.error();
  return answer->has_value();
}

}  // namespace roomkey::provider::livekit
