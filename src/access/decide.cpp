#include "roomkey/access/decide.hpp"

#include <algorithm>
#include <stdexcept>

namespace roomkey::access {

namespace {

using base::Code;
using base::Error;

Error closed(Status status) {
  return {Code::appointment_closed, "Appointment is " + std::string(word(status))};
}

bool may(Action action, const Appointment& appointment, const User& caller) {
  const bool participant =
      caller.id == appointment.patient_id || caller.id == appointment.psychologist_id;
  const bool office = is_office(caller.role);
  switch (action) {
    case Action::join: return participant && caller.role != Role::service;
    case Action::view_status: return participant;
    case Action::make_room: return participant || office || caller.role == Role::service;
    case Action::view: return participant || office;
    case Action::remove:
      return (caller.id == appointment.psychologist_id || office) &&
             !is_removed(appointment, caller.id);
  }
  return false;
}

base::Result<std::monostate> decide_for_room(Action action, const Appointment& appointment,
                                             const User& caller) {
  if (!may(action, appointment, caller)) return Error{Code::permission_denied};
  if (!is_open(appointment.status)) return closed(appointment.status);
  if (appointment.session_type != SessionType::telehealth) return Error{Code::not_telehealth};
  return std::monostate{};
}

// All that a provider may know of the caller.
Grant grant_for(const Appointment& appointment, const User& caller, const Identities& identities) {
  const bool named = !identities.are_pseudonyms();
  return {.appointment_id = appointment.id,
          .room_name = appointment.room->name,
          .user_id = named ? caller.id : 0,
          .email = named ? caller.email : "",
          .validity = token_validity(appointment.duration),
          .name = named ? caller.name : "",
          .side = side_of(appointment, caller.id).value_or(Side::patient),
          .identity = identities.of(appointment.id, caller.id, caller.email)};
}

Grant grant_for(const Appointment& appointment, const Guest& guest, const Identities& identities) {
  return {.appointment_id = appointment.id,
          .room_name = appointment.room->name,
          .user_id = 0,
          .email = "",
          .validity = token_validity(appointment.duration),
          .name = identities.are_pseudonyms() ? "" : guest.name,
          .side = Side::guest,
          .identity = identities.of_guest(appointment.id, guest.id)};
}

// What holds for whoever comes.
base::Result<std::monostate> decide_open(const Appointment& appointment,
                                         std::chrono::sys_seconds now, const Policy& policy) {
  if (!is_open(appointment.status)) return closed(appointment.status);
  const base::Window window = join_window(appointment, policy);
  if (window.opens_at && now < *window.opens_at) return Error{Code::too_early, "", window};
  if (window.closes_at && now >= *window.closes_at) return Error{Code::too_late, "", window};
  if (!appointment.room) return Error{Code::room_not_found};
  return std::monostate{};
}

base::Result<std::monostate> pass_door(const Appointment& appointment, std::chrono::sys_seconds now,
                                       const Policy& policy) {
  if (!appointment.door) throw std::logic_error("nobody looked at the door");
  return pass(*appointment.door, policy.waiting_room, now);
}

}  // namespace

std::string_view word(Side side) {
  switch (side) {
    case Side::patient: return "patient";
    case Side::psychologist: return "psychologist";
    case Side::guest: return "guest";
  }
  throw std::logic_error("a side without a name");
}

std::optional<Side> side_of(const Appointment& appointment, std::int64_t user_id) {
  if (user_id == appointment.psychologist_id) return Side::psychologist;
  if (user_id == appointment.patient_id) return Side::patient;
  return std::nullopt;
}

bool is_open(Status status) { return status == Status::scheduled || status == Status::confirmed; }

bool is_office(Role role) { return role == Role::practice_manager || role == Role::admin; }

bool is_removed(const Appointment& appointment, std::int64_t user_id) {
  const auto& removed = appointment.removed;
  return std::find(removed.begin(), removed.end(), user_id) != removed.end();
}

base::Result<std::monostate> permit(Action action, const Appointment& appointment,
                                    const User& caller) {
  if (!may(action, appointment, caller)) return Error{Code::permission_denied};
  return std::monostate{};
}

base::Result<std::monostate> permit_readmit(const Appointment& appointment, const User& caller,
                                            std::int64_t user_id,
                                            const std::optional<Removal>& removal) {
  if (!may(Action::remove, appointment, caller)) return Error{Code::permission_denied};
  const bool undoes_office = removal && removal->by_office && !is_office(caller.role);
  if (user_id == caller.id || undoes_office) return Error{Code::permission_denied};
  return std::monostate{};
}

base::Result<std::monostate> permit_sync(const User& caller) {
  if (caller.role != Role::service) return Error{Code::permission_denied};
  return std::monostate{};
}

std::vector<base::FieldFault> sync_faults(const User& caller, const User* before,
                                          const User& after) {
  std::vector<base::FieldFault> faults;
  const bool high = after.role == Role::admin || after.role == Role::service;
  if (high && (before == nullptr || before->role != after.role)) {
    faults.push_back({"role", std::string(word(after.role)) +
                                  " is given by an administrator alone (roomkey user set)"});
  }
  if (after.id != caller.id) return faults;
  const auto keep = [&](const char* field, bool same) {
    if (!same) faults.push_back({field, "can't be changed by the user itself"});
  };
  keep("email", after.email == caller.email);
  keep("name", after.name == caller.name);
  keep("role", after.role == caller.role);
  keep("active", after.active);
  return faults;
}

base::Window join_window(const Appointment& appointment, const Policy& policy) {
  base::Window window;
  if (policy.join_early) window.opens_at = appointment.starts_at - *policy.join_early;
  if (policy.join_late) window.closes_at = appointment.ends_at() + *policy.join_late;
  return window;
}

std::chrono::minutes token_validity(std::chrono::minutes duration) {
  using std::chrono::minutes;
  return std::clamp(duration + minutes{30}, minutes{60}, minutes{240});
}

base::Result<Grant> decide(const Appointment& appointment, const User& caller,
                           std::chrono::sys_seconds now, const Policy& policy) {
  if (!may(Action::join, appointment, caller)) return Error{Code::permission_denied};
  if (is_removed(appointment, caller.id)) return Error{Code::removed};
  const auto open = decide_open(appointment, now, policy);
  if (!open) return open.error();
  if (caller.id != appointment.psychologist_id) {
    const auto passed = pass_door(appointment, now, policy);
    if (!passed) return passed.error();
  }
  return grant_for(appointment, caller, policy.identities);
}

base::Result<Grant> decide_guest(const Appointment& appointment, const Guest& guest,
                                 std::string_view device_digest, std::chrono::sys_seconds now,
                                 const Policy& policy) {
  if (!guest.may_come(now)) return Error{Code::guest_not_found};
  if (!guest.device_digest.empty() && guest.device_digest != device_digest) {
    return Error{Code::guest_elsewhere};
  }
  const auto open = decide_open(appointment, now, policy);
  if (!open) return open.error();
  const auto passed = pass_door(appointment, now, policy);
  if (!passed) return passed.error();
  return grant_for(appointment, guest, policy.identities);
}

base::Result<std::monostate> decide_unbound(const User& caller) {
  if (caller.role == Role::service) return Error{Code::permission_denied};
  return std::monostate{};
}

base::Window joinable_starts(std::chrono::sys_seconds now, const Policy& policy) {
  base::Window starts;
  if (policy.join_late) starts.opens_at = now - kMaxDuration - *policy.join_late;
  if (policy.join_early) starts.closes_at = now + *policy.join_early;
  return starts;
}

base::Result<std::monostate> decide_room(const Appointment& appointment, const User& caller) {
  return decide_for_room(Action::make_room, appointment, caller);
}

base::Result<std::monostate> decide_door(const Appointment& appointment, const User& caller) {
  if (!may(Action::remove, appointment, caller)) return Error{Code::permission_denied};
  if (!is_open(appointment.status)) return closed(appointment.status);
  if (!appointment.room) return Error{Code::room_not_found};
  return std::monostate{};
}

base::Result<std::monostate> decide_move(const Appointment& appointment, const User& caller) {
  return decide_for_room(Action::remove, appointment, caller);
}

base::Result<std::monostate> decide_invite(const Appointment& appointment, const User& caller) {
  return decide_for_room(Action::remove, appointment, caller);
}

bool takes_room(const Appointment& appointment) {
  return is_open(appointment.status) && appointment.session_type == SessionType::telehealth;
}

}  // namespace roomkey::access
