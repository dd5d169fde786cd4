// An appointment's door, as the routes that lead through it find it.
#pragma once

#include <string>

#include "roomkey/access/decide.hpp"
#include "roomkey/handlers/providers.hpp"
#include "roomkey/http/router.hpp"
#include "roomkey/store/audit.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::handlers {

// As Visitor::who.
[[nodiscard]] std::string visitor_name(std::int64_t user_id);

// Whether the room's provider tells of who is in it, as it happens; else that the psychologist was
// given a token has to do.
[[nodiscard]] bool tells_of_people(const Providers& providers,
                                   const access::Appointment& appointment);

// Fills in appointment.door for that visitor. To be called before access::decide() for whoever is
// not its psychologist.
void look_at_door(store::Database& database, access::Appointment& appointment, std::string_view who,
                  const access::Policy& policy, bool told_of_people);

// access::decide() with the door looked at.
[[nodiscard]] base::Result<access::Grant> decide_at_door(const http::Call& call,
                                                         store::Database& database,
                                                         access::Appointment& appointment,
                                                         const access::Policy& policy,
                                                         bool told_of_people);

// Somebody was given a token: from then on the door is open for them, and, where it opens with the
// psychologist's, for others.
void note_entry(store::Database& database, const access::Grant& grant, std::string_view who,
                const access::Policy& policy, std::chrono::sys_seconds now);

// Somebody was told to wait: a sign of life, written down at most once in some seconds. `event` is
// the one of who began to.
void note_waiting(store::Database& database, std::int64_t appointment_id, std::string_view who,
                  const store::AuditEvent& event);

}  // namespace roomkey::handlers
