#include "import_numbers.hpp"

#include <algorithm>

#include "import_fhir.hpp"
#include "import_parts.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/users.hpp"

namespace roomkey::cli {

namespace {

constexpr std::string_view kPatient = "Patient/";
constexpr std::string_view kPractitioner = "Practitioner/";

// The number that a resource's id is, if it may keep it.
std::optional<std::int64_t> own_number(const std::string& source) {
  const auto number = base::parse_id(std::string_view(source).substr(source.find('/') + 1));
  return number && *number < store::kFirstGivenNumber ? number : std::nullopt;
}

// False only where both are said.
bool may_be_one(const std::string& server, const std::string& other) {
  return server.empty() || other.empty() || server == other;
}

}  // namespace

void Numbering::number_people() {
  std::stable_partition(
      records_.people.begin(), records_.people.end(),
      [](const FhirPerson& person) { return person.name.source.starts_with(kPatient); });
  for (auto& person : records_.people) number_person(person);
  records_.people.clear();
}

void Numbering::number_person(FhirPerson& person) {
  access::User& user = person.user;
  if (people_.count(person.name.source) > 0) {
    return records_.fault(person.place + ".id", "stands in what is imported twice");
  }
  const std::string& url = person.name.full_url;
  if (!url.empty() && !by_url_.emplace(url, person.name.source).second) {
    return records_.fault(person.place, "has another's fullUrl");
  }
  const auto is_there = [&](std::int64_t number) {
    return store::find_user(session_.database, number).has_value();
  };
  const auto is_same = [&](std::int64_t number) {
    const auto before = store::find_user(session_.database, number);
    return before && !user.email.empty() && base::equals_ignoring_case(before->email, user.email);
  };
  const auto number =
      number_for(store::Numbered::user, person.name, person.place, is_there, is_same);
  if (!number) return;
  user.id = *number;
  const bool patient = user.role == access::Role::patient;
  people_[person.name.source] = {user.id, person.name.server, patient};
  const auto before = store::find_user(session_.database, user.id);
  // FHIR does not say who manages the practice: what was set by hand stays.
  if (!patient && before && before->role != access::Role::patient) user.role = before->role;
  if (!person.has_active && before) user.active = before->active;
  if (user.email.empty() && before) user.email = before->email;
  if (user.email.empty()) {
    user.email = "user-" + std::to_string(user.id) + "@no-email.invalid";
    ++without_email_;
  }
  records_.users.push_back({person.place, std::move(user), json_field});
}

std::optional<std::int64_t> Numbering::number_for(store::Numbered kind, const FhirName& name,
                                                  const std::string& place, const IsSame& is_there,
                                                  const IsSame& is_same) {
  const auto wanted = own_number(name.source);
  std::optional<std::int64_t> number;
  if (store::find_import_number(session_.database, name.source)) {
    number = known_number(kind, name, place, is_same);
  } else {
    const bool free = wanted && !store::is_import_number(session_.database, kind, *wanted) &&
                      (!is_there(*wanted) || is_same(*wanted));
    number = free ? *wanted : store::free_import_number(session_.database, kind);
    store::put_import_number(transaction_, session_.database, kind, name.source,
                             {*number, name.server});
  }
  if (number && number != wanted) given_[name.source] = *number;
  return number;
}

// The number that the store has for it, if this is the same resource and not its namesake on
// another server.
std::optional<std::int64_t> Numbering::known_number(store::Numbered kind, const FhirName& name,
                                                    const std::string& place,
                                                    const IsSame& is_same) {
  auto known = store::find_import_number(session_.database, name.source).value();
  if (!may_be_one(name.server, known.server) && !is_same(known.number)) {
    records_.fault(place + ".id", "is known from another server, " + base::log_value(known.server) +
                                      ", and is not the same there");
    return std::nullopt;
  }
  if (!name.server.empty() && name.server != known.server) {
    known.server = name.server;
    store::put_import_number(transaction_, session_.database, kind, name.source, known);
  }
  return known.number;
}

void Numbering::number_appointments() {
  for (auto& one : records_.fhir_appointments) number_appointment(one);
  records_.fhir_appointments.clear();
}

void Numbering::number_appointment(FhirAppointment& one) {
  if (!appointments_.insert(one.name.source).second) {
    return records_.fault(one.place + ".id", "stands in what is imported twice");
  }
  if (!find_people(one)) return;
  if (!one.has_start && !keep_start(one)) {
    ++without_start_;
    return;
  }
  const auto is_there = [&](std::int64_t number) {
    return store::find_appointment(session_.database, number).has_value();
  };
  const auto is_same = [&](std::int64_t number) {
    const auto before = store::find_appointment(session_.database, number);
    return before && before->patient_id == one.appointment.patient_id &&
           before->psychologist_id == one.appointment.psychologist_id;
  };
  const auto number =
      number_for(store::Numbered::appointment, one.name, one.place, is_there, is_same);
  if (!number) return;
  one.appointment.id = *number;
  records_.appointments.push_back({std::move(one.place), std::move(one.appointment), json_field});
}

// The time that the store has for it, if any.
bool Numbering::keep_start(FhirAppointment& one) {
  const auto known = store::find_import_number(session_.database, one.name.source);
  const auto before =
      known ? store::find_appointment(session_.database, known->number) : std::nullopt;
  if (!before) return false;
  one.appointment.starts_at = before->starts_at;
  one.appointment.duration = before->duration;
  return true;
}

bool Numbering::find_people(FhirAppointment& one) {
  const auto before = records_.fault_count;
  std::vector<std::pair<const FhirParticipant*, Person>> patients;
  std::vector<std::pair<const FhirParticipant*, Person>> practitioners;
  for (const auto& participant : one.participants) {
    const auto person = find_person(one, participant);
    if (person) (person->patient ? patients : practitioners).emplace_back(&participant, *person);
  }
  if (records_.fault_count != before) return false;
  const bool patient = take_one(patients, "Patient", one, one.appointment.patient_id);
  return take_one(practitioners, "Practitioner", one, one.appointment.psychologist_id) && patient;
}

// Of several, those who declined don't count.
bool Numbering::take_one(std::vector<std::pair<const FhirParticipant*, Person>>& found,
                         const char* type, const FhirAppointment& one, std::int64_t& id) {
  const auto declined = [](const auto& pair) { return pair.first->declined; };
  if (found.size() > 1) std::erase_if(found, declined);
  if (found.size() == 1) {
    id = found.front().second.number;
    return true;
  }
  records_.fault(one.place + ".participant",
                 "must be one " + std::string(type) + ", not " + std::to_string(found.size()));
  return false;
}

// Nothing for somebody or something else (a place, a relative), and with a fault.
std::optional<Numbering::Person> Numbering::find_person(const FhirAppointment& one,
                                                        const FhirParticipant& participant) {
  const std::string place =
      one.place + ".participant[" + std::to_string(participant.index) + "].actor.reference";
  const auto fault = [&](const char* why) { records_.fault(place, why); };
  auto to = fhir_reference(participant.reference);
  if (!to) {
    fault("must be such as Patient/id, its whole URL or a urn");
    return std::nullopt;
  }
  if (to->source.empty()) {
    if (records_.others.count(to->full_url) > 0) return std::nullopt;
    const auto url = by_url_.find(to->full_url);
    const auto person = url == by_url_.end() ? people_.end() : people_.find(url->second);
    if (person != people_.end()) return person->second;
    fault("is not in the files, or has a fault there");
    return std::nullopt;
  }
  const bool somebody = to->source.starts_with(kPatient) || to->source.starts_with(kPractitioner);
  if (!somebody) return std::nullopt;
  auto person = find_known(*to, to->server.empty() ? one.name.server : to->server);
  if (!person) fault("is neither in the files nor known from an earlier import");
  return person;
}

std::optional<Numbering::Person> Numbering::find_known(const FhirName& to,
                                                       const std::string& server) {
  const auto found = people_.find(to.source);
  if (found != people_.end()) {
    return may_be_one(server, found->second.server) ? std::optional(found->second) : std::nullopt;
  }
  const auto known = store::find_import_number(session_.database, to.source);
  if (!known || !may_be_one(server, known->server)) return std::nullopt;
  const Person person{known->number, known->server, to.source.starts_with(kPatient)};
  people_[to.source] = person;
  return person;
}

}  // namespace roomkey::cli
