#include "handlers/door.hpp"

#include <algorithm>

#include "handlers/live.hpp"
#include "roomkey/store/visitors.hpp"

namespace roomkey::handlers {

namespace {

using access::WaitingRoom;

bool has_come(const Known& known, const access::Appointment& appointment, std::int64_t user_id,
              const access::Identities& identities) {
  if (!known.session || known.session->status != access::SessionStatus::in_progress) return false;
  const auto& people = known.session->participants;
  return std::any_of(people.begin(), people.end(), [&](const access::Participant& one) {
    return one.status() == "connected" && identities.user_of(appointment, one.identity) == user_id;
  });
}

bool psychologist_is_in(store::Database& database, const access::Appointment& appointment,
                        bool told_of_people) {
  if (!appointment.room) return false;
  const std::int64_t leader = appointment.psychologist_id;
  const Known known = known_room(database, appointment.id, *appointment.room);
  const bool has_come_in = has_come(known, appointment, leader, database.settings().identities);
  if (told_of_people || has_come_in) return has_come_in;
  const auto entered = store::find_visitor(database, appointment.id, visitor_name(leader));
  return entered && entered->admission == access::Admission::admitted;
}

}  // namespace

std::string visitor_name(std::int64_t user_id) { return std::to_string(user_id); }

bool tells_of_people(const Providers& providers, const access::Appointment& appointment) {
  return appointment.room && providers.of(*appointment.room).tells_of_people();
}

void look_at_door(store::Database& database, access::Appointment& appointment, std::string_view who,
                  const access::Policy& policy, bool told_of_people) {
  access::Door door;
  if (appointment.may_have_visitors) {
    door.visitor = store::find_visitor(database, appointment.id, who);
  }
  const bool decided = door.visitor && door.visitor->admission != access::Admission::waiting;
  if (policy.waiting_room == WaitingRoom::psychologist_first && !decided) {
    door.psychologist_is_in = psychologist_is_in(database, appointment, told_of_people);
  }
  appointment.door = std::move(door);
}

base::Result<access::Grant> decide_at_door(const http::Call& call, store::Database& database,
                                           access::Appointment& appointment,
                                           const access::Policy& policy, bool told_of_people) {
  const std::int64_t caller = call.caller().id;
  if (caller != appointment.psychologist_id) {
    look_at_door(database, appointment, visitor_name(caller), policy, told_of_people);
  }
  return access::decide(appointment, call.caller(), call.now, policy);
}

void note_entry(store::Database& database, const access::Grant& grant, std::string_view who,
                const access::Policy& policy, std::chrono::sys_seconds now) {
  const bool opens = policy.waiting_room == WaitingRoom::psychologist_first;
  const bool leads = grant.side == access::Side::psychologist;
  if (opens || (policy.waiting_room == WaitingRoom::admit && !leads)) {
    store::note_entry(database, grant.appointment_id, who, now);
  }
}

void note_waiting(store::Database& database, std::int64_t appointment_id, std::string_view who,
                  const store::AuditEvent& event) {
  const auto sign = store::sign_of(store::find_visitor(database, appointment_id, who), event.at);
  if (sign == store::Sign::nothing) return;
  store::Transaction transaction(database);
  store::note_sign(transaction, database, appointment_id, who, sign, event.at);
  if (sign == store::Sign::began_to_wait) store::append_audit(transaction, database, event);
  transaction.commit();
}

}  // namespace roomkey::handlers
