#include "roomkey/handlers/guests.hpp"

#include "handlers/evict.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/unseen.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/store/guests.hpp"

namespace roomkey::handlers {

namespace {

using base::Code;
using base::Error;

Error wrong(const std::string& why) { return {Code::bad_request, why}; }

void note(store::Transaction& transaction, store::Database& database, const http::Call& call,
          std::string_view action, std::int64_t guest_id) {
  store::AuditEvent event = event_of(call, action, store::Outcome::changed);
  event.reason = "guest " + std::to_string(guest_id);
  store::append_audit(transaction, database, event);
}

// The one that the path names, for whoever may say who comes.
struct NamedGuest {
  access::Appointment appointment;
  access::Guest guest;
};

base::Result<NamedGuest> named_guest(const http::Call& call, store::Database& database) {
  auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto permitted = access::permit(access::Action::remove, *appointment, call.caller());
  if (!permitted) return permitted.error();
  auto guest = store::find_guest(database, call.user_id);
  if (!guest || guest->appointment_id != call.id) return Error{Code::guest_not_found};
  return NamedGuest{std::move(*appointment), std::move(*guest)};
}

base::JsonObject json_of(const access::Guest& guest) {
  base::JsonObject json;
  json.add("guest_id", guest.id).add("name", guest.name).add("kind", access::word(guest.kind));
  return json;
}

base::JsonObject answer(const http::Call& call, const access::Guest& guest,
                        std::string_view state) {
  base::JsonObject body;
  body.add("appointment_id", call.id).add("guest_id", guest.id).add("state", state);
  return body;
}

}  // namespace

base::Result<Invitation> read_invitation(const std::string& body) {
  const auto parsed = base::parse_json_object(body, base::kFewParts);
  if (!parsed) return wrong("The body is " + parsed.error().detail);
  const auto name = base::string_member(*parsed, "name");
  if (!name) return wrong("name must be a string");
  Invitation wanted{std::string(base::trimmed(*name))};
  if (const auto fault = access::guest_name_fault(wanted.name); !fault.empty()) {
    return wrong("name " + fault);
  }
  const auto kind = access::parse_guest_kind(base::string_member(*parsed, "kind").value_or(""));
  if (!kind) return wrong("kind must be one of interpreter, relative, supervisor, other");
  wanted.kind = *kind;
  if (!parsed->isMember("expires_at") || (*parsed)["expires_at"].isNull()) return wanted;
  wanted.expires_at = base::parse_utc(base::string_member(*parsed, "expires_at").value_or(""));
  if (!wanted.expires_at) {
    return wrong("expires_at must be a time with offset, such as 2025-11-16T14:00:00Z");
  }
  return wanted;
}

base::Result<GuestCode> read_guest_code(const std::string& body) {
  const auto parsed = base::parse_json_object(body, base::kFewParts);
  if (!parsed) return wrong("The body is " + parsed.error().detail);
  auto code = base::string_member(*parsed, "code");
  if (!code) return wrong("code must be a string");
  const bool has_device = parsed->isMember("device") && !(*parsed)["device"].isNull();
  auto device = base::string_member(*parsed, "device");
  if (has_device && !device) return wrong("device must be a string");
  return GuestCode{std::move(*code), std::move(device)};
}

base::Result<http::Response> add_guest(const http::Call& call,
                                       const base::Result<Invitation>& invitation,
                                       std::string_view action, store::Database& database,
                                       const std::string& frontend_url) {
  store::Transaction transaction(database);
  const auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto permitted = access::decide_invite(*appointment, call.caller());
  if (!permitted) return permitted.error();
  if (!invitation) return invitation.error();
  access::Guest guest{
      .appointment_id = call.id,
      .name = invitation->name,
      .kind = invitation->kind,
      .expires_at = invitation->expires_at.value_or(appointment->ends_at() + access::kGuestStays)};
  if (invitation->expires_at && guest.expires_at <= call.now) {
    return wrong("expires_at must be in the future");
  }
  const auto invited = store::invite_guest(transaction, database, std::move(guest), call.now);
  if (!invited) return invited.error();
  note(transaction, database, call, action, invited->guest.id);
  transaction.commit();
  auto body = json_of(invited->guest);
  body.add("expires_at", base::format_utc(invited->guest.expires_at))
      .add("code", invited->code)
      .add("link", access::guest_link(frontend_url, invited->code));
  return http::Response{201, std::move(body).text()};
}

base::Result<http::Response> list_guests(const http::Call& call, store::Database& database) {
  const auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto permitted = access::permit(access::Action::remove, *appointment, call.caller());
  if (!permitted) return permitted.error();
  base::JsonArray guests;
  for (const access::Guest& one : store::guests_of(database, call.id)) {
    guests.add_raw(json_of(one)
                       .add("state", access::state_of(one, call.now))
                       .add("expires_at", base::format_utc(one.expires_at))
                       .add("last_used_at", base::format_utc(one.last_used_at))
                       .text());
  }
  base::JsonObject body;
  body.add("appointment_id", call.id).add_raw("guests", guests.text());
  return http::Response{200, std::move(body).text()};
}

base::Result<http::Response> revoke_guest(const http::Call& call, std::string_view action,
                                          store::Database& database, const Providers& providers) {
  std::optional<store::Transaction> transaction(database);
  const auto named = named_guest(call, database);
  if (!named) return named.error();
  const auto& [appointment, guest] = *named;
  std::optional<store::Eviction> eviction;
  const bool is_new = store::revoke_guest(*transaction, database, guest.id);
  if (is_new) note(*transaction, database, call, action, guest.id);
  if (is_new && appointment.room && guest.last_used_at) {
    const auto& identities = database.settings().identities;
    eviction = put_off(*transaction, database, appointment, providers,
                       identities.of_guest(call.id, guest.id), call.now);
  }
  transaction->commit();
  transaction.reset();
  auto* const rooms = appointment.room ? providers.rooms_of(*appointment.room) : nullptr;
  const bool done =
      eviction && rooms != nullptr && carry_out(database, *rooms, *eviction, call.now);
  using Word = std::optional<std::string_view>;
  auto body = answer(call, guest, "revoked");
  body.add("at_provider", eviction ? Word(done ? "removed" : "pending") : Word());
  return http::Response{200, std::move(body).text()};
}

base::Result<http::Response> unbind_guest(const http::Call& call, std::string_view action,
                                          store::Database& database) {
  store::Transaction transaction(database);
  const auto named = named_guest(call, database);
  if (!named) return named.error();
  if (store::unbind_guest(transaction, database, named->guest.id)) {
    note(transaction, database, call, action, named->guest.id);
  }
  transaction.commit();
  const auto state = access::state_of(named->guest, call.now);
  return http::Response{200, answer(call, named->guest, state).text()};
}

}  // namespace roomkey::handlers
