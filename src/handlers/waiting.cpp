#include "roomkey/handlers/waiting.hpp"

#include <algorithm>

#include "handlers/door.hpp"
#include "handlers/evict.hpp"
#include "handlers/live.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/guests.hpp"
#include "roomkey/store/users.hpp"
#include "roomkey/store/visitors.hpp"

namespace roomkey::handlers {

namespace {

using access::Admission;
using base::Code;
using base::Error;

// Somebody who may have to wait.
struct AtDoor {
  std::string who;  // as Visitor::who
  const char* key;  // of the id in answers
  std::int64_t id;
  std::string name;
  std::string identity;  // in the room

  // As the audit has them.
  [[nodiscard]] std::string text() const {
    return (key == std::string_view("user_id") ? "user " : "guest ") + std::to_string(id);
  }
};

// The patient, and those guests who may come.
std::vector<AtDoor> people_of(store::Database& database, const access::Appointment& appointment) {
  const access::Identities& identities = database.settings().identities;
  const auto patient = store::find_user(database, appointment.patient_id);
  if (!patient) throw base::Unavailable("the store: an appointment's user is missing");
  std::vector<AtDoor> people{{visitor_name(patient->id), "user_id", patient->id, patient->name,
                              identities.of(appointment.id, patient->id, patient->email)}};
  for (const access::Guest& one : store::guests_of(database, appointment.id)) {
    if (one.revoked) continue;
    people.push_back({access::guest_name(one.id), "guest_id", one.id, one.name,
                      identities.of_guest(appointment.id, one.id)});
  }
  return people;
}

const AtDoor* find_person(const std::vector<AtDoor>& people, std::string_view who) {
  const auto found =
      std::find_if(people.begin(), people.end(), [&](const AtDoor& one) { return one.who == who; });
  return found == people.end() ? nullptr : &*found;
}

// Whom the path names.
base::Result<AtDoor> named_visitor(const http::Call& call, store::Database& database,
                                   const access::Appointment& appointment) {
  const auto people = people_of(database, appointment);
  const auto* const found = find_person(people, call.text);
  if (found == nullptr) return Error{Code::participant_not_found};
  return *found;
}

std::string json_of(const access::Visitor& visitor, const AtDoor& person,
                    std::chrono::sys_seconds now) {
  return base::JsonObject()
      .add(person.key, person.id)
      .add("name", person.name)
      .add("waiting_since", base::format_utc(visitor.waiting_since))
      .add("last_seen", base::format_utc(visitor.last_seen))
      .add("here", visitor.is_here(now))
      .text();
}

// Those of one state. Whoever is the patient no more is not shown, nor the psychologist, who waits
// for nobody.
std::string list_of(const std::vector<access::Visitor>& all, Admission admission,
                    const std::vector<AtDoor>& people, std::chrono::sys_seconds now) {
  base::JsonArray list;
  for (const access::Visitor& one : all) {
    const auto* const person = find_person(people, one.who);
    if (one.admission == admission && person != nullptr) list.add_raw(json_of(one, *person, now));
  }
  return list.text();
}

base::Result<access::Appointment> appointment_at_door(const http::Call& call,
                                                      store::Database& database) {
  auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto permitted = access::decide_door(*appointment, call.caller());
  if (!permitted) return permitted.error();
  return appointment;
}

void note(store::Transaction& transaction, store::Database& database, const http::Call& call,
          std::string_view action, const AtDoor& visitor) {
  store::AuditEvent event = event_of(call, action, store::Outcome::changed);
  event.reason = visitor.text();
  store::append_audit(transaction, database, event);
}

http::Response answer(const http::Call& call, const AtDoor& visitor, Admission admission) {
  base::JsonObject body;
  body.add("appointment_id", call.id)
      .add(visitor.key, visitor.id)
      .add("state", access::word(admission));
  return {200, body.text()};
}

}  // namespace

base::Result<http::Response> video_waiting(const http::Call& call, store::Database& database,
                                           const access::Policy& policy,
                                           const Providers& providers) {
  const auto appointment = appointment_of(call, database);
  if (!appointment) return appointment.error();
  const auto permitted = access::permit(access::Action::remove, *appointment, call.caller());
  if (!permitted) return permitted.error();
  if (policy.waiting_room == access::WaitingRoom::psychologist_first && appointment->room) {
    static_cast<void>(
        look_at_room(database, *appointment, providers.rooms_of(*appointment->room), call.now));
  }
  const auto people = people_of(database, *appointment);
  const auto all = store::visitors_of(database, call.id);
  base::JsonObject body;
  body.add("appointment_id", call.id).add("mode", access::word(policy.waiting_room));
  for (const auto admission : {Admission::waiting, Admission::admitted, Admission::denied}) {
    body.add_raw(access::word(admission), list_of(all, admission, people, call.now));
  }
  return http::Response{200, body.text()};
}

base::Result<http::Response> admit_visitor(const http::Call& call, store::Database& database) {
  store::Transaction transaction(database);
  const auto appointment = appointment_at_door(call, database);
  if (!appointment) return appointment.error();
  const auto visitor = named_visitor(call, database, *appointment);
  if (!visitor) return visitor.error();
  if (store::decide_visitor(transaction, database, call.id, visitor->who, Admission::admitted)) {
    note(transaction, database, call, "visitor_admit", *visitor);
  }
  transaction.commit();
  return answer(call, *visitor, Admission::admitted);
}

base::Result<http::Response> deny_visitor(const http::Call& call, store::Database& database,
                                          const access::Policy& policy,
                                          const Providers& providers) {
  std::optional<store::Transaction> transaction(database);
  const auto appointment = appointment_at_door(call, database);
  if (!appointment) return appointment.error();
  const auto visitor = named_visitor(call, database, *appointment);
  if (!visitor) return visitor.error();
  const auto denial =
      store::deny_visitor(*transaction, database, call.id, visitor->who, policy.waiting_room);
  if (denial.is_new) note(*transaction, database, call, "visitor_deny", *visitor);
  std::optional<store::Eviction> eviction;
  if (denial.leaves) {
    eviction =
        put_off(*transaction, database, *appointment, providers, visitor->identity, call.now);
  }
  transaction->commit();
  transaction.reset();
  auto* const rooms = providers.rooms_of(appointment->room.value());
  if (eviction && rooms != nullptr) carry_out(database, *rooms, *eviction, call.now);
  return answer(call, *visitor, Admission::denied);
}

}  // namespace roomkey::handlers
