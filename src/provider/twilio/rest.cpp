#include "roomkey/provider/twilio/rest.hpp"

#include <algorithm>
#include <array>

#include "provider/twilio/fields.hpp"
#include "roomkey/base/url.hpp"

namespace roomkey::provider::twilio {

namespace {

constexpr std::int64_t kRoomExists = 53113;
constexpr std::string_view kCreate = Rest::kRequests[0];
constexpr std::string_view kFind = Rest::kRequests[1];
constexpr std::string_view kList = Rest::kRequests[2];
constexpr std::string_view kDisconnect = Rest::kRequests[3];
constexpr std::string_view kComplete = Rest::kRequests[4];

constexpr std::array<std::string_view, 3> kRoomWords{"in-progress", "completed", "failed"};
constexpr std::array<std::string_view, 3> kParticipantWords{"connected", "disconnected",
                                                            "reconnecting"};

// Dots alone would be taken for a walk up the path, encoded or not.
bool is_segment(std::string_view text) {
  return !text.empty() && text != "." && text != ".." && text.size() <= kMostText;
}

base::Error unavailable(std::string_view what, std::string_view why) {
  return {base::Code::provider_unavailable,
          "Twilio, " + std::string(what) + ": " + std::string(why)};
}

Room read_room(Fields& fields, const std::string& account_sid) {
  fields.must_be("account_sid", account_sid);
  return {fields.sid("sid", "RM"),
          fields.text("unique_name"),
          fields.status<Room::Status>(kRoomWords),
          fields.time("date_created"),
          fields.maybe("end_time", &Fields::time),
          fields.maybe("duration", &Fields::span),
          fields.maybe("media_region", &Fields::text)};
}

Participant read_participant(Fields& fields, const std::string& account_sid,
                             const std::string& room_sid) {
  fields.must_be("account_sid", account_sid);
  fields.must_be("room_sid", room_sid);
  return {fields.sid("sid", "PA"),
          fields.text("identity"),
          fields.status<Participant::Status>(kParticipantWords),
          fields.time("start_time"),
          fields.maybe("end_time", &Fields::time),
          fields.maybe("duration", &Fields::span)};
}

void add(std::string& form, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  if (!form.empty()) form += '&';
  form.append(key).append("=").append(base::percent_encoded(value));
}

std::string room_form(const std::string& name, int people, const RestSettings& settings) {
  std::string form;
  add(form, "UniqueName", name);
  add(form, "Type", "group");
  add(form, "MaxParticipants", std::to_string(people));
  add(form, "MediaRegion", settings.media_region);
  add(form, "EmptyRoomTimeout", "15");   // minutes
  add(form, "UnusedRoomTimeout", "30");  // minutes
  add(form, "StatusCallback", settings.status_callback_url);
  if (!settings.status_callback_url.empty()) add(form, "StatusCallbackMethod", "POST");
  return form;
}

std::string missing(const RestSettings& settings) {
  if (settings.account_sid.empty()) return "TWILIO_ACCOUNT_SID is not set";
  if (settings.api_key.empty()) return "TWILIO_API_KEY is not set";
  return settings.api_secret.empty() ? "TWILIO_API_SECRET is not set" : "";
}

}  // namespace

std::string_view word(Room::Status status) {
  return kRoomWords.at(static_cast<std::size_t>(status));
}

std::string_view word(Participant::Status status) {
  return kParticipantWords.at(static_cast<std::size_t>(status));
}

struct Rest::Call {
  std::string_view what;  // one of kRequests
  std::string path;
  std::optional<std::string> form;  // POST where there is one
  Https::Deadline deadline;
};

// An answer that Twilio itself gave: JSON, and with its own error code where it says no.
struct Rest::Reply {
  std::string_view what;
  int status;
  std::int64_t error;
  Json::Value object;

  [[nodiscard]] bool good() const { return status >= 200 && status <= 299; }
  [[nodiscard]] bool not_there() const { return status == 404; }
  [[nodiscard]] base::Error refusal() const {
    return unavailable(what, "HTTP " + std::to_string(status) + ", error " + std::to_string(error));
  }
  [[nodiscard]] base::Error lie(const std::string& field) const {
    return unavailable(what, "the answer is wrong: " + field);
  }
};

Rest::Rest(RestSettings settings, Listener listener)
    : settings_(std::move(settings)),
      fault_(missing(settings_)),
      listener_(std::move(listener)),
      https_({settings_.api_key, std::move(settings_.api_secret), settings_.connect_deadline,
              settings_.ca_file}) {}

Https::Deadline Rest::deadline() const {
  return std::chrono::steady_clock::now() + settings_.deadline;
}

base::Result<Rest::Reply> Rest::ask(const Call& call) {
  if (!fault_.empty()) return unavailable(call.what, fault_);
  auto reply = send(call);
  const auto* const request = std::find(kRequests.begin(), kRequests.end(), call.what);
  const bool answered =
      reply && (reply->good() || reply->not_there() || reply->error == kRoomExists);
  listener_(static_cast<std::size_t>(request - kRequests.begin()), answered ? Outcome::answered
                                                                   : reply  ? Outcome::refused
                                                                            : Outcome::unreachable);
  return reply;
}

base::Result<Rest::Reply> Rest::send(const Call& call) {
  const std::string url = settings_.video_url + call.path;
  const auto answer =
      call.form ? https_.post(url, *call.form, call.deadline) : https_.get(url, call.deadline);
  if (!answer) return unavailable(call.what, answer.error().detail);
  const auto object = base::parse_json_object(answer->body);
  Reply reply{call.what, answer->status, 0, object ? *object : Json::Value(Json::objectValue)};
  if (reply.good()) return object ? base::Result(reply) : reply.lie(object.error().detail);
  const auto error = base::integer(reply.object["code"]);
  if (!error) return unavailable(call.what, "HTTP " + std::to_string(reply.status));
  reply.error = *error;
  return reply;
}

base::Result<std::optional<Room>> Rest::find(const std::string& name_or_sid,
                                             Https::Deadline deadline) {
  if (!is_segment(name_or_sid)) return std::optional<Room>();
  const auto reply =
      ask({kFind, "/v1/Rooms/" + base::percent_encoded(name_or_sid), std::nullopt, deadline});
  if (!reply) return reply.error();
  if (reply->not_there()) return std::optional<Room>();
  if (!reply->good()) return reply->refusal();
  Fields fields(reply->object);
  const auto room = read_room(fields, settings_.account_sid);
  if (!fields.bad().empty()) return reply->lie(fields.bad());
  if (room.sid != name_or_sid && room.name != name_or_sid) return reply->lie("another room");
  return std::optional(room);
}

base::Result<std::optional<Room>> Rest::find_room(const std::string& name_or_sid) {
  return find(name_or_sid, deadline());
}

base::Result<Room> Rest::create_room(const std::string& name, int people) {
  const auto until = deadline();
  const auto reply = ask({kCreate, "/v1/Rooms", room_form(name, people, settings_), until});
  if (!reply) return reply.error();
  if (!reply->good() && reply->error == kRoomExists) {
    const auto found = find(name, until);
    if (!found) return found.error();
    return *found ? base::Result(**found) : reply->lie("the room exists and can't be found");
  }
  if (!reply->good()) return reply->refusal();
  Fields fields(reply->object);
  const auto room = read_room(fields, settings_.account_sid);
  if (!fields.bad().empty()) return reply->lie(fields.bad());
  if (room.name != name) return reply->lie("another room");
  return room;
}

base::Result<Rest::Participants> Rest::list(const std::string& room_sid, const std::string& query,
                                            Https::Deadline deadline) {
  if (!is_sid(room_sid, "RM")) return unavailable(kList, "asked without a room SID");
  const auto reply = ask({kList, "/v1/Rooms/" + room_sid + "/Participants?PageSize=100" + query,
                          std::nullopt, deadline});
  if (!reply) return reply.error();
  Participants list;
  if (reply->not_there()) return list;
  if (!reply->good()) return reply->refusal();
  const Json::Value& entries = reply->object["participants"];
  if (!entries.isArray()) return reply->lie("participants");
  for (const Json::Value& entry : entries) {
    Fields fields(entry);
    list.push_back(read_participant(fields, settings_.account_sid, room_sid));
    if (!fields.bad().empty()) return reply->lie(fields.bad());
  }
  return list;
}

base::Result<Rest::Participants> Rest::participants(const std::string& room_sid,
                                                    std::optional<Participant::Status> status) {
  return list(room_sid, status ? "&Status=" + std::string(word(*status)) : "", deadline());
}

base::Result<bool> Rest::put_out(const std::string& room_sid, const std::string& who,
                                 Https::Deadline deadline) {
  const auto reply =
      ask({kDisconnect, "/v1/Rooms/" + room_sid + "/Participants/" + base::percent_encoded(who),
           "Status=disconnected", deadline});
  if (!reply) return reply.error();
  if (reply->not_there()) return false;
  if (!reply->good()) return reply->refusal();
  Fields fields(reply->object);
  const auto participant = read_participant(fields, settings_.account_sid, room_sid);
  if (!fields.bad().empty()) return reply->lie(fields.bad());
  if (participant.sid != who && participant.identity != who) return reply->lie("somebody else");
  return true;
}

base::Result<bool> Rest::disconnect(const std::string& room_sid,
                                    const std::string& sid_or_identity) {
  if (!is_sid(room_sid, "RM")) return unavailable(kDisconnect, "asked without a room SID");
  if (!is_segment(sid_or_identity)) return false;
  const auto until = deadline();
  auto done = put_out(room_sid, sid_or_identity, until);
  if (!done || *done || is_sid(sid_or_identity, "PA")) return done;
  // In a path Twilio looks for an identity among the connected only, and says of names there that
  // characters such as @ don't work. As a parameter any will do.
  for (const auto* const status : {"connected", "reconnecting"}) {
    std::string query = "&Status=" + std::string(status);
    add(query, "Identity", sid_or_identity);
    const auto found = list(room_sid, query, until);
    if (!found) return found.error();
    for (const Participant& one : *found) {
      if (one.identity == sid_or_identity) return put_out(room_sid, one.sid, until);
    }
  }
  return false;
}

base::Result<bool> Rest::complete_room(const std::string& room_sid) {
  if (!is_sid(room_sid, "RM")) return unavailable(kComplete, "asked without a room SID");
  const auto until = deadline();
  const auto reply = ask({kComplete, "/v1/Rooms/" + room_sid, "Status=completed", until});
  if (!reply) return reply.error();
  if (reply->not_there()) return false;
  if (!reply->good()) {  // it may be over
    const auto there = find(room_sid, until);
    const bool goes_on = !there || (*there && (**there).status == Room::Status::in_progress);
    return goes_on ? base::Result<bool>(reply->refusal()) : false;
  }
  Fields fields(reply->object);
  const auto room = read_room(fields, settings_.account_sid);
  if (!fields.bad().empty()) return reply->lie(fields.bad());
  if (room.sid != room_sid) return reply->lie("another room");
  if (room.status == Room::Status::in_progress) return reply->lie("the room goes on");
  return true;
}

}  // namespace roomkey::provider::twilio
