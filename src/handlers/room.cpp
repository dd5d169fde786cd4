#include "roomkey/handlers/room.hpp"

#include "handlers/live.hpp"
#include "roomkey/access/decide.hpp"
#include "roomkey/access/meeting_url.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/store/appointments.hpp"

namespace roomkey::handlers {

namespace {

using base::Code;
using base::Error;

// One transaction, so that what is decided on can't change before the room is named; over before
// the provider is asked.
base::Result<store::GivenRoom> name_room(const http::Call& call, std::string_view action,
                                         store::Database& database) {
  store::Transaction transaction(database);
  const auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto permitted = access::decide_room(*appointment, call.caller());
  if (!permitted) return permitted.error();
  auto given = store::give_room(database, call.id, event_of(call, action, store::Outcome::granted));
  transaction.commit();
  return given;
}

}  // namespace

base::Result<http::Response> video_room(const http::Call& call, std::string_view action,
                                        store::Database& database, const Providers& providers,
                                        const std::string& meeting_url_pattern) {
  if (!call.body.empty()) {
    const auto parsed = base::parse_json_object(call.body, base::kFewParts);
    if (!parsed) return Error{Code::bad_request, "The body is " + parsed.error().detail};
  }
  const auto given = name_room(call, action, database);
  if (!given) return given.error();

  make_room(database, call.id, given->room, providers.rooms_of(given->room), call.now);
  const auto session = known_room(database, call.id, given->room).session;
  const std::string url = access::meeting_url(meeting_url_pattern, call.id, given->room.name);
  base::JsonObject body;
  body.add("message", given->made ? "Video room created successfully" : "Video room already exists")
      .add("room_name", given->room.name)
      .add("room_sid", session ? std::optional(session->sid) : std::nullopt)
      .add("status", session ? access::word(session->status) : "pending")
      .add("meeting_url", url.empty() ? std::nullopt : std::optional(url))
      .add("appointment_id", call.id);
  return http::Response{given->made ? 201 : 200, body.text()};
}

}  // namespace roomkey::handlers
