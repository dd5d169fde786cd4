#include "roomkey/handlers/appointment.hpp"

#include <algorithm>

#include "handlers/live.hpp"
#include "roomkey/access/meeting_url.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/rooms.hpp"
#include "roomkey/store/users.hpp"

namespace roomkey::handlers {

namespace {

using access::Action;
using base::Code;
using base::Error;

base::Result<access::Appointment> find(store::Database& database, std::int64_t id) {
  auto appointment = store::find_appointment(database, id);
  if (!appointment) return Error{Code::appointment_not_found};
  return std::move(*appointment);
}

std::optional<std::string> or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string> utc(const std::optional<std::chrono::sys_seconds>& time) {
  return time ? std::optional(base::format_utc(*time)) : std::nullopt;
}

std::string validity_text(std::chrono::minutes validity) {
  const auto minutes = validity.count();
  return std::to_string(minutes) + " minutes (" + std::to_string(minutes / 60) + " hours)";
}

// A participant as a person sees them. The store's foreign keys make sure that the user exists.
std::string person(store::Database& database, std::int64_t id) {
  const auto user = store::find_user(database, id);
  if (!user) throw base::Unavailable("the store: an appointment's user is missing");
  return base::JsonObject().add("id", id).add("name", user->name).add("email", user->email).text();
}

// One transaction, so that what is decided on can't change before the room is named; over before
// the provider is asked.
base::Result<store::GivenRoom> name_room(const http::Call& call, std::string_view action,
                                         store::Database& database) {
  store::Transaction transaction(database);
  const auto appointment = find(database, call.id);
  if (!appointment) return appointment.error();
  const auto permitted = access::decide_room(*appointment, call.caller());
  if (!permitted) return permitted.error();
  auto given = store::give_room(database, call.id, event_of(call, action, store::Outcome::granted));
  transaction.commit();
  return given;
}

}  // namespace

base::Result<http::Response> video_token(http::Call& call, Issue issue, std::string_view action,
                                         store::Database& database, const access::Policy& policy,
                                         const Providers& providers) {
  const auto appointment = find(database, call.id);
  if (!appointment) return appointment.error();
  const auto grant = access::decide(*appointment, call.caller(), call.now, policy);
  if (!grant) return grant.error();
  const provider::Provider& provider = providers.of(*appointment->room);
  const auto credential = provider.mint(*grant, call.now);
  if (!credential) return Error{Code::token_failed, credential.error().detail};

  store::AuditEvent event = event_of(call, action, store::Outcome::granted);
  event.expires_at = credential->expires_at;
  store::append_audit(database, event);
  call.provider = provider.name();

  base::JsonObject body;
  body.add("access_token", credential->token)
      .add("room_name", grant->room_name)
      .add("user_identity", credential->identity)
      .add("expires_in", (credential->expires_at - credential->issued_at).count())
      .add("expires_at", base::format_utc(credential->expires_at))
      .add("appointment_id", call.id)
      .add("appointment_duration_minutes", std::int64_t{appointment->duration.count()})
      .add("token_valid_until", validity_text(grant->validity))
      .add("region", or_null(std::string(provider.region())))
      .add("provider", provider.name())
      .add_raw("connect", provider.connect(*grant));
  if (issue == Issue::refresh) body.add("refreshed_at", base::format_utc(call.now));
  return http::Response{200, body.text()};
}

base::Result<http::Response> video_token_and_room(http::Call& call, Issue issue,
                                                  std::string_view action,
                                                  store::Database& database,
                                                  const access::Policy& policy,
                                                  const Providers& providers) {
  std::optional<access::Appointment> appointment;
  auto token = [&] {
    store::Transaction transaction(database);
    auto given = video_token(call, issue, action, database, policy, providers);
    if (given) appointment = store::find_appointment(database, call.id);
    transaction.commit();
    return given;
  }();
  if (appointment) {
    const access::Room& room = appointment->room.value();
    make_room(database, call.id, room, providers.rooms_of(room), call.now);
  }
  return token;
}

http::Response ask_room_pool(std::string_view location) {
  return {204, "", {{"X-Accel-Redirect", std::string(location)}}};
}

base::Result<http::Response> video_room(const http::Call& call, std::string_view action,
                                        store::Database& database, const Providers& providers,
                                        const std::string& meeting_url_pattern) {
  if (!call.body.empty()) {
    const auto parsed = base::parse_json_object(call.body);
    if (!parsed) return Error{Code::bad_request, "The body is " + parsed.error().detail};
  }
  const auto given = name_room(call, action, database);
  if (!given) return given.error();

  make_room(database, call.id, given->room, providers.rooms_of(given->room), call.now);
  const auto session = known_room(database, call.id, given->room).session;
  base::JsonObject body;
  body.add("message", given->made ? "Video room created successfully" : "Video room already exists")
      .add("room_name", given->room.name)
      .add("room_sid", session ? std::optional(session->sid) : std::nullopt)
      .add("status", session ? access::word(session->status) : "pending")
      .add("meeting_url",
           or_null(access::meeting_url(meeting_url_pattern, call.id, given->room.name)))
      .add("appointment_id", call.id);
  return http::Response{given->made ? 201 : 200, body.text()};
}

base::Result<http::Response> appointment(const http::Call& call, store::Database& database,
                                         const access::Policy& policy, const Providers& providers) {
  const auto found = find(database, call.id);
  if (!found) return found.error();
  const auto permitted = access::permit(Action::view, *found, call.caller());
  if (!permitted) return permitted.error();

  const auto grant = access::decide(*found, call.caller(), call.now, policy);
  const bool can_join = grant && std::any_of(providers.begin(), providers.end(), [&](auto* each) {
                          return each->mint(*grant, call.now).has_value();
                        });
  const base::Window window = access::join_window(*found, policy);
  base::JsonObject body;
  body.add("id", call.id)
      .add_raw("patient", person(database, found->patient_id))
      .add_raw("psychologist", person(database, found->psychologist_id))
      .add("appointment_date", base::format_utc(found->starts_at))
      .add("session_end_time", base::format_utc(found->ends_at()))
      .add("duration_minutes", std::int64_t{found->duration.count()})
      .add("status", access::word(found->status))
      .add("session_type", access::word(found->session_type))
      .add("video_room_id", found->room ? std::optional(found->room->name) : std::nullopt)
      .add("can_join", can_join)
      .add("join_opens_at", utc(window.opens_at))
      .add("join_closes_at", utc(window.closes_at));
  return http::Response{200, body.text()};
}

}  // namespace roomkey::handlers
