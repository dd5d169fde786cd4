#include "roomkey/handlers/rooms.hpp"

#include <algorithm>
#include <array>

#include "roomkey/access/decide.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/http/query.hpp"
#include "roomkey/provider/twilio/callback.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/rooms.hpp"

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
                                 const Twilio& twilio) {
  auto appointment = store::find_appointment(database, call.id);
  if (!appointment) return Error{Code::appointment_not_found};
  const auto permitted = access::permit(action, *appointment, call.caller());
  if (!permitted) return permitted.error();
  if (!appointment->room) return Error{Code::room_not_found};
  Known known = look_at_room(database, *appointment, twilio, call.now);
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

// Whether the user is connected, or with `ever` is or was in the room.
bool is_there(const std::vector<Participant>& participants, std::int64_t user_id, bool ever) {
  return std::any_of(participants.begin(), participants.end(), [&](const Participant& one) {
    return (ever || is_connected(one)) &&
           provider::user_of_twilio_identity(one.identity) == user_id;
  });
}

}  // namespace

base::Result<http::Response> video_status(const http::Call& call, store::Database& database,
                                          const Twilio& twilio, const std::string& region) {
  const auto view = view_room(call, Action::view_status, database, twilio);
  if (!view) return view.error();
  const auto& session = view->session;
  const auto people = view->participants();
  const auto connected = std::count_if(people.begin(), people.end(), is_connected);
  const auto named_at = view->room.created_at;
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
      .add("patient_connected", is_there(people, view->appointment.patient_id, false))
      .add("psychologist_connected", is_there(people, view->appointment.psychologist_id, false))
      .add("source", view->source)
      .add("as_of", base::format_utc(session ? session->as_of : named_at));
  return http::Response{200, body.text()};
}

base::Result<http::Response> video_participants(const http::Call& call, store::Database& database,
                                                const Twilio& twilio) {
  const auto filter = http::query_value(call.request.query, "status");
  if (!filter) return filter.error();
  constexpr std::array<std::string_view, 3> kStatuses{"connected", "disconnected", "reconnecting"};
  if (*filter && std::find(kStatuses.begin(), kStatuses.end(), **filter) == kStatuses.end()) {
    return Error{Code::bad_request, "status must be connected, disconnected or reconnecting"};
  }
  const auto view = view_room(call, Action::view, database, twilio);
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
                                               const Twilio& twilio) {
  const auto view = view_room(call, Action::view, database, twilio);
  if (!view) return view.error();
  const auto people = view->participants();
  // Who came back under the same identity is the last of that name.
  const auto found = std::find_if(people.rbegin(), people.rend(), [&](const Participant& one) {
    return one.sid == call.text || one.identity == call.text;
  });
  if (found == people.rend()) return Error{Code::participant_not_found};
  return http::Response{200, json_of(*found)};
}

namespace {

// An appointment that took place: its room has ended and both were in it.
void complete(store::Transaction& transaction, store::Database& database, const http::Call& call,
              access::Appointment appointment, const std::string& sid) {
  const auto session = store::latest_room_session(database, appointment.id);
  if (!access::is_open(appointment.status) || !session || session->sid != sid) return;
  if (session->status != access::SessionStatus::completed) return;
  if (!is_there(session->participants, appointment.patient_id, true) ||
      !is_there(session->participants, appointment.psychologist_id, true)) {
    return;
  }
  appointment.status = access::Status::completed;
  store::put_appointment(transaction, database, appointment);
  store::append_audit(
      transaction, database,
      {0, call.now, std::string(call.request.request_id), std::nullopt, appointment.id,
       "room_ended", store::Outcome::changed, std::nullopt, std::nullopt});
}

// The appointment that it is about, where there is one.
std::optional<access::Appointment> keep(const provider::TwilioCallback& callback, http::Call& call,
                                        store::Database& database,
                                        const provider::CallbackSettings& settings) {
  database.ready();
  store::Transaction transaction(database);
  auto appointment = store::find_appointment_by_room(database, callback.room_name);
  if (!appointment) return std::nullopt;
  call.id = appointment->id;
  const bool made = store::put_room_event(transaction, database, appointment->id, callback.room_sid,
                                          callback.sequence, callback.room_event);
  // Not for what was told before: the office may have opened the appointment again.
  if (made && settings.complete_on_room_end) {
    complete(transaction, database, call, *appointment, callback.room_sid);
  }
  transaction.commit();
  return appointment;
}

// A token of before the removal stays good at Twilio, so who was put out may come in again.
void keep_out(const access::Appointment& appointment, const http::Call& call,
              store::Database& database, const Twilio& twilio) {
  if (twilio.rest == nullptr || appointment.removed.empty()) return;
  auto session = store::latest_room_session(database, appointment.id);
  if (session) static_cast<void>(put_out_removed(*twilio.rest, appointment, *session, call.now));
}

bool tells_of_one_who_came(const provider::TwilioCallback& callback) {
  return callback.room_event &&
         callback.room_event->kind == access::RoomEventKind::participant_connected;
}

}  // namespace

base::Result<http::Response> twilio_callback(http::Call& call, store::Database& database,
                                             const provider::CallbackSettings& settings,
                                             const Twilio& twilio) {
  if (settings.url.empty()) {
    return Error{Code::bad_signature, "TWILIO_STATUS_CALLBACK_URL is not set"};
  }
  if (settings.auth_token.empty()) {
    return Error{Code::bad_signature, "TWILIO_AUTH_TOKEN is not set"};
  }
  if (call.request.twilio_signature.empty()) {
    return Error{Code::bad_signature, "not signed"};
  }
  // A body that is not a form cannot carry a valid signature.
  const auto form = http::parse_form(call.body);
  if (!form && form.error().code == Code::payload_too_large) return form.error();
  if (!form) return Error{Code::bad_signature, form.error().detail};
  if (!provider::signed_by_twilio(call.request.twilio_signature, settings.url, *form,
                                  settings.auth_token.reveal())) {
    return Error{Code::bad_signature, "not signed for TWILIO_STATUS_CALLBACK_URL"};
  }
  if (!http::is_form(call.request.content_type)) {
    return Error{Code::bad_request, "The body is not application/x-www-form-urlencoded"};
  }
  const auto callback = provider::read_twilio_callback(*form);
  if (!callback) return callback.error();
  std::optional<access::Appointment> appointment;
  if (callback->sequence >= 0) appointment = keep(*callback, call, database, settings);
  if (appointment && tells_of_one_who_came(*callback)) {
    keep_out(*appointment, call, database, twilio);
  }
  base::JsonObject body;
  body.add("status", "received")
      .add("event", callback->event)
      .add("room", callback->room_name)
      .add("timestamp", callback->timestamp);
  return http::Response{200, body.text()};
}

}  // namespace roomkey::handlers
