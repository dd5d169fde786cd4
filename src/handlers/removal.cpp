#include "roomkey/handlers/removal.hpp"

#include "handlers/evict.hpp"
#include "handlers/live.hpp"
#include "roomkey/access/decide.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/guests.hpp"
#include "roomkey/store/users.hpp"

namespace roomkey::handlers {

namespace {

using base::Code;
using base::Error;

// Whom the path names.
struct Person {
  std::int64_t user_id = 0;  // 0: a guest
  std::string identity;
  access::Appointment appointment;
  std::int64_t guest_id = 0;
};

constexpr std::chrono::seconds kSoon{
    2};  // as long as nginx can wait beside the provider's deadlines

// Of somebody in the room, or who was; else what the path says.
struct Named {
  std::string identity;
  bool is_seated = false;
};

// Whoever has that SID or identity there.
std::optional<Named> seated(std::string_view sid_or_identity, const Known& known) {
  if (!known.session) return std::nullopt;
  for (const access::Participant& one : known.session->participants) {
    if (one.sid == sid_or_identity || one.identity == sid_or_identity) {
      return Named{one.identity, true};
    }
  }
  return std::nullopt;
}

// The identity that the path names: that of a participant's SID, or itself. Who asks may have the
// SID from the provider's SDK before anybody told of it here.
base::Result<Named> named_identity(const http::Call& call, store::Database& database,
                                   const access::Appointment& appointment,
                                   const Providers& providers) {
  const auto started = std::chrono::steady_clock::now();
  auto named = seated(call.text, known_room(database, call.id, *appointment.room));
  // As the providers write them.
  const bool like_sid = call.text.starts_with("PA") || call.text.find('~') != call.text.npos;
  if (!named && like_sid) {
    auto* const rooms = providers.rooms_of(*appointment.room);
    const Known known = look_at_room(database, appointment, rooms, call.now, Look::at_once);
    named = seated(call.text, known);
    const bool late = std::chrono::steady_clock::now() - started > kSoon;
    if (!named && (known.unheard || late)) {
      return Error{Code::provider_unavailable, "the provider did not name the participant in time"};
    }
  }
  return named.value_or(Named{std::string(call.text)});
}

// With the identity that they have in the room, or would have. Who is there by SID may have an
// address of before; else it must be the one of now.
base::Result<Person> person_of(const Named& named, std::string_view text,
                               access::Appointment appointment, store::Database& database,
                               const Providers& providers) {
  const access::Identities& identities = database.settings().identities;
  const auto guests = store::guests_of(database, appointment.id);
  if (const auto* const guest = identities.guest_of(guests, named.identity)) {
    return Person{0,
                  named.is_seated ? named.identity : identities.of_guest(appointment.id, guest->id),
                  std::move(appointment), guest->id};
  }
  const provider::Provider& provider = providers.of(*appointment.room);
  auto user_id = identities.user_of(appointment, named.identity);
  const auto is_other_name = [&](std::int64_t one) {
    return !text.empty() && text == provider.other_name(one);
  };
  for (const auto one : {appointment.patient_id, appointment.psychologist_id}) {
    if (!user_id && is_other_name(one)) user_id = one;
  }
  if (!user_id || !access::side_of(appointment, *user_id))
    return Error{Code::participant_not_found};
  const auto user = store::find_user(database, *user_id);
  if (!user) throw base::Unavailable("the store: an appointment's user is missing");
  const bool is_text = named.identity == text;
  const bool is_theirs = access::is_pseudonym(text) || is_other_name(*user_id) ||
                         text == access::user_identity(*user_id, user->email);
  if (is_text && !is_theirs) return Error{Code::participant_not_found};
  return Person{
      *user_id,
      named.is_seated ? named.identity : identities.of(appointment.id, *user_id, user->email),
      std::move(appointment)};
}

base::Result<Person> find_person(const http::Call& call, store::Database& database,
                                 const Providers& providers) {
  auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto permitted = access::permit(access::Action::remove, *appointment, call.caller());
  if (!permitted) return permitted.error();
  if (!appointment->room) return Error{Code::room_not_found};
  const auto named = named_identity(call, database, *appointment, providers);
  if (!named) return named.error();
  return person_of(*named, call.text, std::move(*appointment), database, providers);
}

base::JsonObject answer(const http::Call& call, const Person& person, std::string_view message) {
  base::JsonObject body;
  body.add("message", message).add("appointment_id", call.id).add("identity", person.identity);
  if (person.guest_id > 0) return std::move(body.add("guest_id", person.guest_id));
  return std::move(body.add("user_id", person.user_id));
}

void note(store::Transaction& transaction, store::Database& database, const http::Call& call,
          std::string_view action, const Person& person) {
  store::AuditEvent event = event_of(call, action, store::Outcome::changed);
  event.reason = person.guest_id > 0 ? "guest " + std::to_string(person.guest_id)
                                     : "user " + std::to_string(person.user_id);
  store::append_audit(transaction, database, event);
}

bool needs_new_name(const Providers& providers, const access::Room& room) {
  auto* const rooms = providers.of(room).rooms();
  return rooms != nullptr && rooms->need_new_name();
}

// First of all: whatever becomes of it at the provider, decide() refuses them from here on.
void remember_removal(const http::Call& call, store::Database& database, const Person& person,
                      const store::Eviction* eviction, bool renames) {
  const access::User& caller = call.caller();
  store::Transaction transaction(database);
  const access::Removal removal{person.user_id, caller.id, access::is_office(caller.role)};
  const bool is_new = person.guest_id > 0
                          ? store::revoke_guest(transaction, database, person.guest_id)
                          : store::remove_user(transaction, database, call.id, removal, call.now);
  if (is_new) {
    note(transaction, database, call, "participant_remove", person);
    if (renames) store::renew_room(transaction, database, call.id, call.now);
  }
  if (eviction != nullptr) store::put_eviction(transaction, database, *eviction);
  transaction.commit();
}

}  // namespace

base::Result<http::Response> remove_participant(const http::Call& call, store::Database& database,
                                                const Providers& providers) {
  const auto started = std::chrono::steady_clock::now();
  const auto person = find_person(call, database, providers);
  if (!person) return person.error();
  const access::Room& room = person->appointment.room.value();
  auto* const rooms = providers.rooms_of(room);
  // Not if finding out who it is took so long that nginx would give up on this answer.
  const bool at_once = rooms != nullptr && std::chrono::steady_clock::now() - started < kSoon;
  // With a new name the room as it was ends, for all: who is welcome gets a token for the new one.
  const bool renames = needs_new_name(providers, room);
  const store::Eviction eviction{room.name, renames ? "" : person->identity, room.provider, call.id,
                                 at_once ? call.now + store::kEvictionLease : call.now};
  const bool possible = providers.of(room).can_evict();
  remember_removal(call, database, *person, possible ? &eviction : nullptr, renames);
  const bool done = at_once && carry_out(database, *rooms, eviction, call.now);
  auto body = answer(call, *person, "Participant removed");
  using Word = std::optional<std::string_view>;
  body.add("at_provider", possible ? Word(done ? "removed" : "pending") : Word());
  return http::Response{200, body.text()};
}

base::Result<http::Response> readmit_participant(const http::Call& call, store::Database& database,
                                                 const Providers& providers) {
  const auto person = find_person(call, database, providers);
  if (!person) return person.error();
  if (person->guest_id > 0) return Error{Code::participant_not_found};  // is invited anew
  store::Transaction transaction(database);
  const auto appointment = appointment_of(call, database);  // as it is by now
  if (!appointment) return appointment.error();
  const auto removal = store::find_removal(database, call.id, person->user_id);
  const auto permitted =
      access::permit_readmit(*appointment, call.caller(), person->user_id, removal);
  if (!permitted) return permitted.error();
  if (store::readmit_user(transaction, database, call.id, person->user_id)) {
    note(transaction, database, call, "participant_readmit", *person);
  }
  transaction.commit();
  return http::Response{200, answer(call, *person, "Participant readmitted").text()};
}

}  // namespace roomkey::handlers
