#include "handlers/door.hpp"
#include "handlers/live.hpp"
#include "handlers/token_body.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/handlers/guests.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/audit.hpp"
#include "roomkey/store/guests.hpp"

namespace roomkey::handlers {

namespace {

using base::Code;
using base::Error;

// Who asks, and for what.
struct Visit {
  access::Guest guest;
  access::Appointment appointment;
};

// guest_not_found for all that is no code, or no code any more.
base::Result<Visit> visit_by(const GuestCode& wanted, http::Call& call, store::Database& database) {
  auto guest = store::find_guest_by_code(database, wanted.code);
  if (!guest || !guest->may_come(call.now)) return Error{Code::guest_not_found};
  auto appointment = store::find_appointment(database, guest->appointment_id);
  if (!appointment) throw base::Unavailable("the store: a guest's appointment is missing");
  call.id = appointment->id;
  return Visit{std::move(*guest), std::move(*appointment)};
}

base::Result<access::Grant> decide(Visit& visit, const GuestCode& wanted, const http::Call& call,
                                   store::Database& database, const access::Policy& policy,
                                   const Providers& providers) {
  look_at_door(database, visit.appointment, access::guest_name(visit.guest.id), policy,
               tells_of_people(providers, visit.appointment));
  const std::string device = wanted.device ? store::digest_of_device(*wanted.device) : "";
  return access::decide_guest(visit.appointment, visit.guest, device, call.now, policy);
}

store::AuditEvent event_of_guest(const http::Call& call, std::string_view action,
                                 store::Outcome outcome, const access::Guest& guest) {
  return {.at = call.now,
          .request_id = std::string(call.request.request_id),
          .appointment_id = guest.appointment_id,
          .action = std::string(action),
          .outcome = outcome,
          .reason = "guest " + std::to_string(guest.id)};
}

// Outside of a transaction that is undone.
void note_refusal(const Visit& visit, const Error& error, const http::Call& call,
                  std::string_view action, store::Database& database, Refusals& refusals) {
  auto event = event_of_guest(call, action, store::Outcome::refused, visit.guest);
  event.reason = *event.reason + ": " + std::string(base::word(error.code));
  if (error.code == Code::waiting) {
    note_waiting(database, visit.appointment.id, access::guest_name(visit.guest.id), event);
  } else {
    refusals.note(database, event);
  }
}

// The code is bound to it from here on.
std::string new_device() {
  constexpr std::size_t kBytes = 32;
  return crypto::base64url(crypto::random_bytes(kBytes));
}

struct GivenToGuest {
  http::Response response;
  bool is_made = true;  // by this worker
};

base::Result<GivenToGuest> give_to_guest(Visit& visit, const GuestCode& wanted,
                                         const access::Grant& grant,
                                         store::Transaction& transaction, http::Call& call,
                                         std::string_view action, store::Database& database,
                                         const access::Policy& policy, const Providers& providers) {
  const provider::Provider& provider = providers.of(*visit.appointment.room);
  const auto credential = provider.mint(grant, call.now);
  if (!credential) return Error{Code::token_failed, credential.error().detail};
  Glance glance;
  if (is_for_room_pool(call, database, *visit.appointment.room, providers, glance, Comer::guest)) {
    return GivenToGuest{ask_room_pool(call.request.room_pool), false};
  }
  if (const auto fault = room_fault(providers, *visit.appointment.room); !fault.empty()) {
    return Error{Code::token_failed, std::string(fault)};
  }
  auto event = event_of_guest(call, action, store::Outcome::granted, visit.guest);
  event.expires_at = credential->expires_at;
  store::append_audit(transaction, database, event);
  note_entry(database, grant, access::guest_name(visit.guest.id), policy, call.now);
  const bool binds = visit.guest.device_digest.empty();
  const std::string device = binds ? new_device() : wanted.device.value_or("");
  store::note_guest_used(transaction, database, visit.guest.id, store::digest_of_device(device),
                         call.now);
  call.provider = provider.name();
  auto body = token_body(grant, *credential, visit.appointment, provider);
  if (is_in_room(database, call.id, *visit.appointment.room, credential->identity, call.now,
                 glance)) {
    body.add("already_connected", true);
  }
  if (binds) body.add("device", device);
  return GivenToGuest{{200, std::move(body).text()}};
}

}  // namespace

base::Result<http::Response> guest_token(http::Call& call, const base::Result<GuestCode>& wanted,
                                         std::string_view action, store::Database& database,
                                         Refusals& refusals, const access::Policy& policy,
                                         const Providers& providers) {
  if (!wanted) return wanted.error();
  database.ready();
  // Who has to wait asks again and again: not for the lock.
  auto visit = visit_by(*wanted, call, database);
  if (!visit) return visit.error();
  auto grant = decide(*visit, *wanted, call, database, policy, providers);
  auto given = grant ? base::Result<GivenToGuest>(GivenToGuest{})
                     : base::Result<GivenToGuest>(grant.error());
  if (grant) {
    store::Transaction transaction(database);
    visit = visit_by(*wanted, call, database);
    if (!visit) return visit.error();
    grant = decide(*visit, *wanted, call, database, policy, providers);
    given = grant ? give_to_guest(*visit, *wanted, *grant, transaction, call, action, database,
                                  policy, providers)
                  : base::Result<GivenToGuest>(grant.error());
    if (given) transaction.commit();
  }
  if (!given) {
    note_refusal(*visit, given.error(), call, action, database, refusals);
    return given.error();
  }
  if (given->is_made) {
    const access::Room& room = visit->appointment.room.value();
    make_room(database, call.id, room, providers.rooms_of(room), call.now, Comer::guest);
  }
  return std::move(given->response);
}

}  // namespace roomkey::handlers
