#include "cli/import/numbers.hpp"

#include <algorithm>

#include "cli/import/fhir/fhir.hpp"
#include "cli/import/reader.hpp"
#include "cli/import/repeats.hpp"
#include "roomkey/access/identity.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::import {

namespace {

// The number that a resource's id is, if it may keep it.
std::optional<std::int64_t> own_number(const std::string& source) {
  const auto number = base::parse_id(std::string_view(source).substr(source.find('/') + 1));
  return number && *number < store::kFirstGivenNumber ? number : std::nullopt;
}

}  // namespace

void Numbering::number_people() {
  drop_repeated_people(records_);
  std::stable_partition(
      records_.people.begin(), records_.people.end(),
      [](const FhirPerson& person) { return person.name.source.starts_with(kPatient); });
  read_ahead(store::Numbered::user, records_.people);
  auto& all = records_.people;
  for (; !all.empty(); all.pop_front()) number_person(all.front());
}

// What the store has of them, and who has the numbers that they would like to keep.
template <typename Resource>
void Numbering::read_ahead(store::Numbered kind, const std::deque<Resource>& resources) {
  std::vector<std::string> sources;
  sources.reserve(resources.size());
  for (const auto& one : resources) sources.push_back(one.name.source);
  numbers_.read(sources);
  std::vector<std::int64_t> known, wanted;
  for (const auto& source : sources) {
    const auto* const before = numbers_.find(source);
    const auto own = before == nullptr ? own_number(source) : std::nullopt;
    if (before != nullptr) known.push_back(before->number);
    if (own) wanted.push_back(*own);
  }
  numbers_.read(kind, wanted);
  known.insert(known.end(), wanted.begin(), wanted.end());
  const bool users = kind == store::Numbered::user;
  ahead_.read(users ? store::Ahead::Wanted{.users = known}
                    : store::Ahead::Wanted{.appointments = known});
}

void Numbering::number_person(FhirPerson& person) {
  access::User& user = person.user;
  const auto is_there = [&](std::int64_t number) { return ahead_.user(number) != nullptr; };
  const auto is_same = [&](std::int64_t number) {
    const auto* const before = ahead_.user(number);
    return before != nullptr && !user.email.empty() &&
           base::equals_ignoring_case(before->email, user.email);
  };
  const auto number =
      number_for(store::Numbered::user, person.name, person.place, is_there, is_same);
  if (!number) return;
  user.id = *number;
  const bool patient = user.role == access::Role::patient;
  people_.add(person);
  const auto* const before = ahead_.user(user.id);
  // FHIR does not say who manages the practice: what was set by hand stays.
  if (!patient && before != nullptr && before->role != access::Role::patient)
    user.role = before->role;
  if (!person.has_active && before != nullptr) user.active = before->active;
  const LeftOut left_out{user.email.empty()};
  if (left_out.email) user.email = kNoEmail;
  if (access::is_identity_too_long(user.id, user.email)) return say_too_long(person);
  records_.users.push_back({person.place, std::move(user), json_field, left_out});
}

// By its own id it was not.
void Numbering::say_too_long(const FhirPerson& person) {
  Json::Value record(Json::objectValue);
  access::User user;
  record["id"] = Json::Int64{person.user.id};
  record["email"] = person.user.email;
  for (const auto& fault : access::read_user(record, user)) {
    if (fault.field == "email") records_.fault(person.place + ".telecom", fault.why);
  }
  records_.faulty_people.insert(person.name.source);
}

std::optional<std::int64_t> Numbering::number_for(store::Numbered kind, const FhirName& name,
                                                  const std::string& place, const IsSame& is_there,
                                                  const IsSame& is_same) {
  const auto wanted = own_number(name.source);
  std::optional<std::int64_t> number;
  if (numbers_.find(name.source) != nullptr) {
    number = known_number(name, place, is_same);
  } else {
    const bool free =
        wanted && !numbers_.is_taken(kind, *wanted) && (!is_there(*wanted) || is_same(*wanted));
    number = free ? *wanted : numbers_.free(kind);
    numbers_.put(kind, name.source, {*number, name.server});
  }
  if (number && number != wanted) given_[name.source] = *number;
  return number;
}

// The number that the store has for it, if this is the same resource and not its namesake on
// another server.
std::optional<std::int64_t> Numbering::known_number(const FhirName& name, const std::string& place,
                                                    const IsSame& is_same) {
  const store::ImportNumber known = *numbers_.find(name.source);
  if (!may_be_one(name.server, known.server) && !is_same(known.number)) {
    records_.fault(place + ".id", "is known from another server, " + base::log_value(known.server) +
                                      ", and is not the same there");
    return std::nullopt;
  }
  if (!name.server.empty() && name.server != known.server) {
    numbers_.move(name.source, name.server);
  }
  return known.number;
}

void Numbering::number_appointments() {
  drop_repeated_appointments(records_);
  people_.read_ahead(records_.fhir_appointments);
  read_ahead(store::Numbered::appointment, records_.fhir_appointments);
  auto& all = records_.fhir_appointments;
  for (; !all.empty(); all.pop_front()) number_appointment(all.front());
}

void Numbering::number_appointment(FhirAppointment& one) {
  const auto before = records_.fault_count;
  const auto omission = people_.settle(one);
  if (omission && !keep_people(one)) return records_.leave_out(*omission, one.name.source);
  if (records_.fault_count != before) return;
  if (one.appointment.patient_id == 0 || one.appointment.psychologist_id == 0) return;
  if (!one.has_start && !keep_start(one)) {
    return records_.leave_out(Omission::without_start, one.name.source);
  }
  const auto is_there = [&](std::int64_t number) { return ahead_.appointment(number) != nullptr; };
  const auto is_same = [&](std::int64_t number) {
    const auto* const found = ahead_.appointment(number);
    return found != nullptr && found->patient_id == one.appointment.patient_id &&
           found->psychologist_id == one.appointment.psychologist_id;
  };
  const auto number =
      number_for(store::Numbered::appointment, one.name, one.place, is_there, is_same);
  if (!number) return;
  one.appointment.id = *number;
  records_.appointments.push_back({std::move(one.place), std::move(one.appointment), json_field});
}

// What the store has under the name, unless it may be a namesake's on another server.
const access::Appointment* Numbering::find_known(const FhirName& name) const {
  const auto* const known = numbers_.find(name.source);
  if (known == nullptr || !may_be_one(name.server, known->server)) return nullptr;
  return ahead_.appointment(known->number);
}

// The time that the store has for it, if any.
bool Numbering::keep_start(FhirAppointment& one) {
  const auto* const before = find_known(one.name);
  if (before == nullptr) return false;
  one.appointment.starts_at = before->starts_at;
  one.appointment.duration = before->duration;
  return true;
}

// A session that is over or called off often comes without its people. It must not stay open.
bool Numbering::keep_people(FhirAppointment& one) {
  const auto status = one.appointment.status;
  if (status == access::Status::scheduled || status == access::Status::confirmed) return false;
  const auto* const before = find_known(one.name);
  if (before == nullptr) return false;
  one.appointment.patient_id = before->patient_id;
  one.appointment.psychologist_id = before->psychologist_id;
  return true;
}

}  // namespace roomkey::cli::import
