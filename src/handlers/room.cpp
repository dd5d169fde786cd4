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
base::Result<store::GivenRoom> name_room(const http::Call& call,
                                         const std::optional<Error>& body_fault,
                                         std::string_view action, store::Database& database) {
  store::Transaction transaction(database);
  const auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto permitted = access::decide_room(*appointment, call.caller());
  if (!permitted) return permitted.error();
  if (body_fault) return *body_fault;
  auto given = store::give_room(database, call.id, event_of(call, action, store::Outcome::granted));
  transaction.commit();
  return given;
}

std::string names_of(const Providers& providers) {
  std::string names;
  for (const auto* const one : providers) {
    names.append(names.empty() ? "" : ", ").append(one->name());
  }
  return names;
}

}  // namespace

base::Result<http::Response> video_room(const http::Call& call, std::string_view action,
                                        store::Database& database, const Providers& providers,
                                        const std::string& meeting_url_pattern) {
  std::optional<Error> body_fault;
  if (!call.body.empty()) {
    const auto parsed = base::parse_json_object(call.body, base::kFewParts);
    if (!parsed) body_fault = Error{Code::bad_request, "The body is " + parsed.error().detail};
  }
  const auto given = name_room(call, body_fault, action, database);
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

base::Result<std::string> read_provider_name(const std::string& body) {
  const auto parsed = base::parse_json_object(body, base::kFewParts);
  if (!parsed) return Error{Code::bad_request, "The body is " + parsed.error().detail};
  auto name = base::string_member(*parsed, "provider");
  if (!name) return Error{Code::bad_request, "provider must be a string"};
  return std::move(*name);
}

base::Result<http::Response> video_provider(const http::Call& call,
                                            const base::Result<std::string>& wanted,
                                            std::string_view action, store::Database& database,
                                            const Providers& providers) {
  store::Transaction transaction(database);
  const auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto permitted = access::decide_move(*appointment, call.caller());
  if (!permitted) return permitted.error();
  if (!wanted) return wanted.error();
  const auto* const provider = providers.named(*wanted);
  if (provider == nullptr)
    return Error{Code::bad_request, "provider must be one of " + names_of(providers)};
  if (!provider->fault().empty()) {
    return Error{Code::provider_not_configured, std::string(provider->fault())};
  }
  const auto given = store::move_room(transaction, database, call.id, *wanted,
                                      event_of(call, action, store::Outcome::changed));
  transaction.commit();
  base::JsonObject body;
  body.add("appointment_id", call.id)
      .add("provider", given.room.provider)
      .add("room_name", given.room.name);
  return http::Response{200, body.text()};
}

}  // namespace roomkey::handlers
