#include "roomkey/access/welcome.hpp"

#include <algorithm>
#include <stdexcept>

#include "roomkey/access/decide.hpp"
#include "roomkey/access/identity.hpp"

namespace roomkey::access {

std::string_view word(Unwelcome why) {
  switch (why) {
    case Unwelcome::moved: return "moved";
    case Unwelcome::closed: return "closed";
    case Unwelcome::no_participant: return "no_participant";
    case Unwelcome::removed: return "removed";
    case Unwelcome::inactive: return "inactive";
  }
  throw std::logic_error("a reason to leave without a word");
}

std::optional<Unwelcome> given_up(const Standing& standing) {
  if (!standing.appointment) return Unwelcome::moved;
  if (!is_open(standing.appointment->status)) return Unwelcome::closed;
  return std::nullopt;
}

std::optional<Unwelcome> unwelcome(const Standing& standing, std::string_view identity) {
  if (const auto why = given_up(standing)) return why;
  const auto user_id = user_of_identity(identity);
  if (!user_id) return std::nullopt;
  const Appointment& appointment = *standing.appointment;
  if (*user_id != appointment.patient_id && *user_id != appointment.psychologist_id) {
    return Unwelcome::no_participant;
  }
  if (is_removed(appointment, *user_id)) return Unwelcome::removed;
  const auto& inactive = standing.inactive;
  if (std::find(inactive.begin(), inactive.end(), *user_id) != inactive.end()) {
    return Unwelcome::inactive;
  }
  return std::nullopt;
}

}  // namespace roomkey::access
