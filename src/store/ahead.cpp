#include "roomkey/store/ahead.hpp"

#include <tuple>

#include "roomkey/store/appointments.hpp"
#include "store/many.hpp"
#include "store/rooms_of.hpp"

namespace roomkey::store {

namespace {

template <typename Found>
const typename Found::mapped_type* found_in(const Found& all, std::int64_t id) {
  const auto found = all.find(id);
  return found == all.end() ? nullptr : &found->second;
}

template <typename T>
std::optional<T> copy_of(const T* one) {
  return one == nullptr ? std::nullopt : std::optional(*one);
}

bool is_same(const access::User& one, const access::User& other) {
  const auto all = [](const access::User& user) {
    return std::tie(user.email, user.name, user.role, user.active);
  };
  return all(one) == all(other);
}

// But for the room.
bool is_same(const access::Appointment& one, const access::Appointment& other) {
  const auto all = [](const access::Appointment& appointment) {
    return std::tie(appointment.patient_id, appointment.psychologist_id, appointment.starts_at,
                    appointment.duration, appointment.status, appointment.session_type);
  };
  return all(one) == all(other);
}

bool is_of_another(const std::unordered_map<std::string, std::int64_t>& rooms,
                   const access::Appointment& appointment) {
  const auto found = rooms.find(appointment.room->name);
  return found != rooms.end() && found->second != appointment.id;
}

}  // namespace

void Ahead::read(const Wanted& wanted) {
  each_user_of(database_, wanted.users, [&](access::User user) {
    const auto id = user.id;
    users_.emplace(id, std::move(user));
  });
  each_appointment_of(database_, wanted.appointments, [&](access::Appointment appointment) {
    const auto id = appointment.id;
    appointments_.emplace(id, std::move(appointment));
  });
  each_owner_of(database_, wanted.rooms, rooms_, former_rooms_);
}

const access::User* Ahead::user(std::int64_t id) const { return found_in(users_, id); }

const access::Appointment* Ahead::appointment(std::int64_t id) const {
  return found_in(appointments_, id);
}

bool Ahead::keeps_room(const access::Appointment& one) const {
  const auto* const before = appointment(one.id);
  return before != nullptr && before->room && before->patient_id == one.patient_id &&
         before->psychologist_id == one.psychologist_id &&
         (!one.room || one.room->name == before->room->name);
}

bool Ahead::put(const access::User& one) {
  const auto before = copy_of(user(one.id));
  if (before && is_same(*before, one)) return false;
  users_.insert_or_assign(one.id, one);
  return put_user(database_, one, before, Hear::by_the_commit);
}

bool Ahead::put(const access::Appointment& one) {
  const auto before = copy_of(appointment(one.id));
  const bool stays = before && is_same(*before, one) && (!one.room || keeps_room(one));
  if (stays) {
    appointments_.erase(one.id);
    return false;
  }
  if (one.room) changed_rooms_.insert(one.room->name);
  if (before && before->room) changed_rooms_.insert(before->room->name);
  appointments_.erase(one.id);
  return put_appointment(database_, one, before, Hear::by_the_commit);
}

void Ahead::give_room(std::int64_t appointment_id, const AuditEvent& event) {
  const auto& provider = database_.settings().room_provider;
  put_room(database_, appointment_id, new_room(appointment_id, provider, event.at),
           Hear::by_the_commit);
  append_audit(transaction_, database_, event);
}

std::vector<access::FieldFault> Ahead::conflicts(const access::Appointment& one) {
  if (one.room && changed_rooms_.count(one.room->name) > 0) return store::conflicts(database_, one);
  Facts facts{user(one.patient_id) != nullptr, user(one.psychologist_id) != nullptr};
  if (one.room) {
    facts.is_of_another = is_of_another(rooms_, one);
    facts.was_of_another = is_of_another(former_rooms_, one);
    const auto* const before = appointment(one.id);
    if (before != nullptr) facts.own = before->room;
  }
  return conflicts_by(facts, one);
}

void Ahead::hear() { open_store_of(database_).connection->hear(); }

}  // namespace roomkey::store
