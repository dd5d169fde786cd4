#include "roomkey/access/welcome.hpp"

#include <algorithm>
#include <stdexcept>

#include "roomkey/access/decide.hpp"

namespace roomkey::access {

namespace {

bool is_denied(const Standing& standing, const std::string& who) {
  const auto& denied = standing.denied;
  return std::find(denied.begin(), denied.end(), who) != denied.end();
}

std::optional<Unwelcome> unwelcome_guest(const Standing& standing, const Guest& guest) {
  if (guest.revoked) return Unwelcome::revoked;
  if (is_denied(standing, guest_name(guest.id))) return Unwelcome::denied;
  return std::nullopt;
}

std::optional<Unwelcome> unwelcome_unknown(const Standing& standing, std::string_view identity) {
  const bool guest_is_kept_out = std::any_of(standing.guests.begin(), standing.guests.end(),
                                             [](const Guest& one) { return one.revoked; });
  const bool somebody_is_kept_out = !standing.appointment->removed.empty() ||
                                    !standing.denied.empty() || !standing.inactive.empty() ||
                                    guest_is_kept_out;
  if (is_pseudonym(identity) && somebody_is_kept_out) return Unwelcome::unknown;
  return std::nullopt;
}

}  // namespace

std::string_view word(Unwelcome why) {
  switch (why) {
    case Unwelcome::moved: return "moved";
    case Unwelcome::closed: return "closed";
    case Unwelcome::no_participant: return "no_participant";
    case Unwelcome::removed: return "removed";
    case Unwelcome::denied: return "denied";
    case Unwelcome::inactive: return "inactive";
    case Unwelcome::revoked: return "revoked";
    case Unwelcome::unknown: return "unknown";
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
  const Appointment& appointment = *standing.appointment;
  if (const auto* const guest = standing.identities.guest_of(standing.guests, identity)) {
    return unwelcome_guest(standing, *guest);
  }
  const auto user_id = standing.identities.user_of(appointment, identity);
  if (!user_id) return unwelcome_unknown(standing, identity);
  if (*user_id != appointment.patient_id && *user_id != appointment.psychologist_id) {
    return Unwelcome::no_participant;
  }
  if (is_removed(appointment, *user_id)) return Unwelcome::removed;
  if (is_denied(standing, std::to_string(*user_id))) return Unwelcome::denied;
  const auto& inactive = standing.inactive;
  if (std::find(inactive.begin(), inactive.end(), *user_id) != inactive.end()) {
    return Unwelcome::inactive;
  }
  return std::nullopt;
}

}  // namespace roomkey::access
