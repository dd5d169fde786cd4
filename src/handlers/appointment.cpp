#include "roomkey/handlers/appointment.hpp"

#include <algorithm>

#include "handlers/door.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/store/users.hpp"

namespace roomkey::handlers {

namespace {

// A participant as a person sees them. The store's foreign keys make sure that the user exists.
std::string person(store::Database& database, std::int64_t id) {
  const auto user = store::find_user(database, id);
  if (!user) throw base::Unavailable("the store: an appointment's user is missing");
  return base::JsonObject().add("id", id).add("name", user->name).add("email", user->email).text();
}

// Nothing for the office, which waits at no door.
std::optional<std::string_view> waiting_of(const access::Appointment& appointment,
                                           const http::Call& call) {
  const std::int64_t caller = call.caller().id;
  if (caller == appointment.psychologist_id) return "no";
  if (caller != appointment.patient_id) return std::nullopt;
  return access::waiting_word(appointment.door.value(), call.now);
}

// The room's own provider, or the one that has routes of its own.
bool gives_token(const Providers& providers, const access::Room& room, const access::Grant& grant,
                 std::chrono::sys_seconds now) {
  const auto& own = providers.of(room);
  return std::any_of(providers.begin(), providers.end(), [&](const auto* one) {
    return (one == &own || one->calls() != nullptr) && one->mint(grant, now).has_value();
  });
}

}  // namespace

base::Result<http::Response> appointment(const http::Call& call, store::Database& database,
                                         const access::Policy& policy, const Providers& providers) {
  auto found = appointment_of(call, database);
  if (!found) return found.error();
  const auto permitted = access::permit(access::Action::view, *found, call.caller());
  if (!permitted) return permitted.error();

  const auto grant =
      decide_at_door(call, database, *found, policy, tells_of_people(providers, *found));
  const bool can_join = grant && gives_token(providers, *found->room, *grant, call.now);
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
      .add("join_opens_at", base::format_utc(window.opens_at))
      .add("join_closes_at", base::format_utc(window.closes_at))
      .add("waiting_room", access::word(policy.waiting_room));
  if (const auto word = waiting_of(*found, call)) body.add("waiting", *word);
  return http::Response{200, body.text()};
}

}  // namespace roomkey::handlers
