#include "roomkey/handlers/token.hpp"

#include "handlers/door.hpp"
#include "handlers/live.hpp"
#include "handlers/token_body.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/store/appointments.hpp"

namespace roomkey::handlers {

namespace {

std::string validity_text(std::chrono::minutes validity) {
  const auto minutes = validity.count();
  return std::to_string(minutes) + " minutes (" + std::to_string(minutes / 60) + " hours)";
}

}  // namespace

bool is_for_room_pool(const http::Call& call, store::Database& database, const access::Room& room,
                      const Providers& providers, Glance& glance, Comer comer) {
  return !providers.may_be_asked() && !call.request.room_pool.empty() &&
         is_to_be_made(database, call.id, room, providers.of(room).rooms(), call.now, glance,
                       comer);
}

std::string_view room_fault(const Providers& providers, const access::Room& room) {
  const auto* const rooms = providers.rooms_of(room);
  return rooms == nullptr ? "" : rooms->fault();
}

http::Response ask_room_pool(std::string_view location) {
  return {204, "", {{"X-Accel-Redirect", std::string(location)}}};
}

base::JsonObject token_body(const access::Grant& grant, const provider::Credential& credential,
                            const access::Appointment& appointment,
                            const provider::Provider& provider) {
  const std::string region(provider.region());
  base::JsonObject body;
  body.add("access_token", credential.token)
      .add("room_name", grant.room_name)
      .add("user_identity", grant.identity)
      .add("expires_in", (credential.expires_at - credential.issued_at).count())
      .add("expires_at", base::format_utc(credential.expires_at))
      .add("appointment_id", appointment.id)
      .add("appointment_duration_minutes", std::int64_t{appointment.duration.count()})
      .add("token_valid_until", validity_text(grant.validity))
      .add("region", region.empty() ? std::nullopt : std::optional(region))
      .add("provider", provider.name())
      .add_raw("connect", provider.connect_until(grant, credential.expires_at));
  return body;
}

base::Result<http::Response> video_token(http::Call& call, Issue issue, std::string_view action,
                                         store::Database& database, const access::Policy& policy,
                                         const Providers& providers) {
  auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto grant = decide_at_door(call, database, *appointment, policy,
                                    tells_of_people(providers, *appointment));
  if (!grant) return grant.error();
  const provider::Provider& provider = providers.of(*appointment->room);
  const auto credential = provider.mint(*grant, call.now);
  if (!credential) return base::Error{base::Code::token_failed, credential.error().detail};
  Glance glance;
  if (is_for_room_pool(call, database, *appointment->room, providers, glance)) {
    return ask_room_pool(call.request.room_pool);
  }
  if (const auto fault = room_fault(providers, *appointment->room); !fault.empty()) {
    return base::Error{base::Code::token_failed, std::string(fault)};
  }

  store::AuditEvent event = event_of(call, action, store::Outcome::granted);
  event.expires_at = credential->expires_at;
  store::append_audit(database, std::move(event));
  note_entry(database, *grant, visitor_name(call.caller().id), policy, call.now);
  call.provider = provider.name();

  base::JsonObject body = token_body(*grant, *credential, *appointment, provider);
  if (appointment->may_have_people_in &&
      is_in_room(database, call.id, *appointment->room, credential->identity, call.now, glance)) {
    body.add("already_connected", true);
  }
  if (issue == Issue::refresh) body.add("refreshed_at", base::format_utc(call.now));
  return http::Response{200, std::move(body).text()};
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

}  // namespace roomkey::handlers
