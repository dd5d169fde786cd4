#include <iostream>

#include "cli/commands.hpp"
#include "cli/evict.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/guests.hpp"
#include "roomkey/store/users.hpp"
#include "roomkey/store/visitors.hpp"

namespace roomkey::cli {

namespace {

using access::Admission;

std::string json_of(const access::Visitor& visitor, std::chrono::sys_seconds now) {
  return base::JsonObject()
      .add("visitor", visitor.who)
      .add("state", access::word(visitor.admission))
      .add("waiting_since", base::format_utc(visitor.waiting_since))
      .add("last_seen", base::format_utc(visitor.last_seen))
      .add("here", visitor.is_here(now))
      .text();
}

std::string line_of(const access::Visitor& visitor, std::chrono::sys_seconds now) {
  std::string line = visitor.who + '\t' + std::string(access::word(visitor.admission));
  line += '\t' + (visitor.waiting_since ? "since " + base::format_utc(visitor.waiting_since).value()
                                        : "-");
  return line + '\t' + (visitor.is_here(now) ? "here" : "not here");
}

// The identity in the room of who may wait at the door; nothing for anybody else.
std::optional<std::string> identity_of(Session& session, const access::Appointment& appointment,
                                       const std::string& who) {
  const access::Identities& identities = session.config.store.identities;
  if (who == std::to_string(appointment.patient_id)) {
    const auto patient = store::find_user(session.database, appointment.patient_id).value();
    return identities.of(appointment.id, patient.id, patient.email);
  }
  for (const access::Guest& one : store::guests_of(session.database, appointment.id)) {
    if (one.revoked || who != access::guest_name(one.id)) continue;
    return identities.of_guest(appointment.id, one.id);
  }
  return std::nullopt;
}

// As the audit has them.
std::string in_words(const std::string& who) {
  const auto guest = access::parse_guest_name(who);
  return guest ? "guest " + std::to_string(*guest) : "user " + who;
}

void admit(store::Transaction& transaction, Session& session, std::int64_t id,
           const std::string& who) {
  if (!store::decide_visitor(transaction, session.database, id, who, Admission::admitted)) return;
  append_change(transaction, session, "visitor_admit", id, in_words(who));
}

void deny(store::Transaction& transaction, Session& session, const access::Appointment& appointment,
          const std::string& who, const std::string& identity) {
  const auto denial = store::deny_visitor(transaction, session.database, appointment.id, who,
                                          session.config.policy.waiting_room);
  if (!denial.is_new) return;
  append_change(transaction, session, "visitor_deny", appointment.id, in_words(who));
  if (denial.leaves) put_off(transaction, session, appointment, identity);
}

int decide(Session& session, std::int64_t id, const std::string& who, Admission admission) {
  session.database.ready();
  store::Transaction transaction(session.database);
  const auto appointment = store::find_appointment(session.database, id);
  if (!appointment) return fail(kFailed, "there is no appointment " + std::to_string(id));
  if (!access::is_open(appointment->status)) {
    return fail(kFailed, "appointment " + std::to_string(id) + " is " +
                             std::string(access::word(appointment->status)));
  }
  if (!appointment->room) {
    return fail(kFailed, "appointment " + std::to_string(id) + " has no room");
  }
  const auto identity = identity_of(session, *appointment, who);
  if (!identity) {
    return fail(kFailed, "nobody of that name waits at this appointment's door",
                "its patient is " + std::to_string(appointment->patient_id) +
                    "; its guests: roomkey guest list " + std::to_string(id));
  }
  admission == Admission::admitted ? admit(transaction, session, id, who)
                                   : deny(transaction, session, *appointment, who, *identity);
  transaction.commit();
  if (session.json) {
    std::cout << base::JsonObject()
                     .add("appointment_id", id)
                     .add("visitor", who)
                     .add("state", access::word(admission))
                     .text()
              << '\n';
  } else {
    std::cout << who << " is " << access::word(admission) << '\n';
  }
  return kDone;
}

}  // namespace

int appointment_waiting(Session& session, std::int64_t id) {
  session.database.ready();
  const auto appointment = store::find_appointment(session.database, id);
  if (!appointment) return fail(kFailed, "there is no appointment " + std::to_string(id));
  for (const access::Visitor& one : store::visitors_of(session.database, id)) {
    if (one.who == std::to_string(appointment->psychologist_id)) continue;
    std::cout << (session.json ? json_of(one, session.now) : line_of(one, session.now)) << '\n';
  }
  return kDone;
}

int appointment_admit(Session& session, std::int64_t id, const std::string& who) {
  return decide(session, id, who, Admission::admitted);
}

int appointment_deny(Session& session, std::int64_t id, const std::string& who) {
  return decide(session, id, who, Admission::denied);
}

}  // namespace roomkey::cli
