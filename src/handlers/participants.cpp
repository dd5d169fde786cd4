#include "roomkey/handlers/participants.hpp"

#include <algorithm>
#include <array>

#include "handlers/live.hpp"
#include "roomkey/access/decide.hpp"
#include "roomkey/access/identity.hpp"
#include "roomkey/base/form.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/handlers/serve.hpp"

namespace roomkey::handlers {

namespace {

using access::Action;
using access::Participant;
using base::Code;
using base::Error;

// An appointment's room and what is known of its latest session.
struct RoomView {
  access::Appointment appointment;
  access::Room room;
  std::optional<access::RoomSession> session;
  std::string_view source;

  [[nodiscard]] std::optional<std::string> sid() const {
    return session ? std::optional(session->sid) : std::nullopt;
  }
  [[nodiscard]] std::string_view status() const {
    return session ? access::word(session->status) : "pending";
  }
  [[nodiscard]] std::vector<Participant> participants() const {
    return session ? session->participants : std::vector<Participant>();
  }
};

base::Result<RoomView> view_room(const http::Call& call, Action action, store::Database& database,
                                 const Providers& providers) {
  auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto permitted = access::permit(action, *appointment, call.caller());
  if (!permitted) return permitted.error();
  if (!appointment->room) return Error{Code::room_not_found};
  Known known =
      look_at_room(database, *appointment, providers.rooms_of(*appointment->room), call.now);
  const access::Room room = *appointment->room;
  return RoomView{std::move(*appointment), room, std::move(known.session), known.source};
}

std::string json_of(const Participant& participant) {
  const auto& left = participant.disconnected_at;
  return base::JsonObject()
      .add("sid", participant.sid)
      .add("identity", participant.identity)
      .add("status", participant.status())
      .add("duration", participant.duration)
      .add("connected_at", base::format_utc(participant.connected_at))
      .add("disconnected_at", left ? std::optional(base::format_utc(*left)) : std::nullopt)
      .text();
}

std::string json_of(const std::vector<Participant>& participants) {
  base::JsonArray array;
  for (const Participant& participant : participants) array.add_raw(json_of(participant));
  return array.text();
}

// A reconnecting participant does not count.
bool is_connected(const Participant& one) { return one.status() == "connected"; }

bool is_there(const std::vector<Participant>& participants, std::int64_t user_id) {
  return std::any_of(participants.begin(), participants.end(), [&](const Participant& one) {
    return is_connected(one) && access::user_of_identity(one.identity) == user_id;
  });
}

}  // namespace

base::Result<http::Response> video_status(const http::Call& call, store::Database& database,
                                          const Providers& providers) {
  const auto view = view_room(call, Action::view_status, database, providers);
  if (!view) return view.error();
  const auto& session = view->session;
  const auto people = view->participants();
  const auto connected = std::count_if(people.begin(), people.end(), is_connected);
  const auto named_at = view->room.created_at;
  const std::string region(providers.of(view->room).region());
  base::JsonObject body;
  body.add("appointment_id", call.id)
      .add("room_name", view->room.name)
      .add("room_sid", view->sid())
      .add("status", view->status())
      .add("participants_count", std::int64_t{connected})
      .add_raw("participants", json_of(people))
      .add("duration", session ? session->duration : std::nullopt)
      .add("created_at", base::format_utc(session ? session->created_at : named_at))
      .add("region", region.empty() ? std::nullopt : std::optional(region))
      .add("patient_connected", is_there(people, view->appointment.patient_id))
      .add("psychologist_connected", is_there(people, view->appointment.psychologist_id))
      .add("source", view->source)
      .add("as_of", base::format_utc(session ? session->as_of : named_at));
  return http::Response{200, body.text()};
}

base::Result<http::Response> video_participants(const http::Call& call, store::Database& database,
                                                const Providers& providers) {
  const auto filter = base::query_value(call.request.query, "status");
  if (!filter) return filter.error();
  constexpr std::array<std::string_view, 3> kStatuses{"connected", "disconnected", "reconnecting"};
  if (*filter && std::find(kStatuses.begin(), kStatuses.end(), **filter) == kStatuses.end()) {
    return Error{Code::bad_request, "status must be connected, disconnected or reconnecting"};
  }
  const auto view = view_room(call, Action::view, database, providers);
  if (!view) return view.error();
  auto people = view->participants();
  if (*filter) {
    std::erase_if(people, [&](const Participant& one) { return one.status() != **filter; });
  }
  base::JsonObject body;
  body.add("appointment_id", call.id)
      .add("room_name", view->room.name)
      .add("room_sid", view->sid())
      .add("room_status", view->status())
      .add("participants_count", static_cast<std::int64_t>(people.size()))
      .add_raw("participants", json_of(people))
      .add("filter", *filter);
  return http::Response{200, body.text()};
}

base::Result<http::Response> video_participant(const http::Call& call, store::Database& database,
                                               const Providers& providers) {
  const auto view = view_room(call, Action::view, database, providers);
  if (!view) return view.error();
  const auto people = view->participants();
  // Who came back under the same identity is the last of that name.
  const auto found = std::find_if(people.rbegin(), people.rend(), [&](const Participant& one) {
    return one.sid == call.text || one.identity == call.text;
  });
  if (found == people.rend()) return Error{Code::participant_not_found};
  return http::Response{200, json_of(*found)};
}

}  // namespace roomkey::handlers
