#include "cli/import/people.hpp"

#include <algorithm>
#include <unordered_set>

#include "cli/import/fhir/fhir.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::import {

namespace {

constexpr std::string_view kPractitioner = "Practitioner/";
constexpr std::string_view kRole = "PractitionerRole/";

std::string email_key(std::string_view type, std::string_view email) {
  return std::string(type) + base::lower_ascii(email);
}

}  // namespace

bool may_be_one(const std::string& server, const std::string& other) {
  return server.empty() || other.empty() || server == other;
}

void People::add(const FhirPerson& person) {
  const FhirName& name = person.name;
  const bool patient = name.source.starts_with(kPatient);
  people_[name.source] = {person.user.id, name.server, patient, person.user.name};
  if (!person.user.email.empty()) {
    const auto key = email_key(patient ? kPatient : kPractitioner, person.user.email);
    const auto [found, fresh] = by_email_.emplace(key, name.source);
    if (!fresh) found->second.clear();  // of two, it is nobody's
  }
}

void People::read_ahead(const std::deque<FhirAppointment>& appointments) {
  std::unordered_set<std::string> sources;
  Meeting nobodys;
  for (const auto& one : appointments) {
    for (const auto& participant : one.participants) {
      const auto target = aim(participant, nobodys);
      if (!target || !target->to) continue;
      const std::string& source = target->to->source;
      if (side_of(source, nobodys) && people_.count(source) == 0) sources.insert(source);
    }
  }
  numbers_.read({sources.begin(), sources.end()});
}

std::optional<Omission> People::settle(FhirAppointment& one) {
  Meeting meeting;
  for (const auto& participant : one.participants) take(one, participant, meeting);
  if (const auto omission = omission_of(meeting)) return omission;
  for (const auto& stranger : meeting.strangers) say(stranger);
  const auto number_of = [&](const Side& side) -> std::int64_t {
    if (side.all().empty()) return 0;
    const Named& named = side.all().begin()->second;
    if (named.number == 0) say(named);
    return named.number;
  };
  one.appointment.patient_id = number_of(meeting.patients);
  one.appointment.psychologist_id = number_of(meeting.practitioners);
  return std::nullopt;
}

std::optional<Omission> People::omission_of(const Meeting& meeting) {
  const auto patients = meeting.patients.all().size();
  const auto practitioners = meeting.practitioners.all().size();
  if (meeting.group || patients > 1) return Omission::group_session;
  if (practitioners > 1) return Omission::several_practitioners;
  if (!all_are_named(meeting)) return Omission::contained_person;
  if (!meeting.strangers.empty()) return std::nullopt;
  if (patients == 0) return Omission::without_patient;
  if (practitioners > 0) return std::nullopt;
  return meeting.lost_role ? Omission::role_not_in_files : Omission::without_practitioner;
}

// Whether whoever the appointment contains is called as somebody whom it names as well.
bool People::all_are_named(const Meeting& meeting) {
  return std::all_of(
      meeting.contained.begin(), meeting.contained.end(), [&](const FhirParticipant* one) {
        const Side& side = one->reference == kPatient ? meeting.patients : meeting.practitioners;
        return !one->called.empty() &&
               std::any_of(side.all().begin(), side.all().end(),
                           [&](const auto& named) { return named.second.called == one->called; });
      });
}

void People::say(const Named& unknown) {
  if (unknown.fault) records_.fault(unknown.fault->place, unknown.fault->why);
  if (!unknown.fault) ++records_.not_judged;
}

void People::take(const FhirAppointment& one, const FhirParticipant& participant,
                  Meeting& meeting) {
  const auto target = aim(participant, meeting);
  if (!target) return;
  const auto& [reference, to] = *target;
  const std::string place =
      one.place + ".participant[" + std::to_string(participant.index) + "].actor.reference";
  const bool faulty = to && is_faulty(reference, *to);
  const auto unknown = [&](const char* why) {
    return faulty ? Named{} : Named{0, ImportFault{place, why}, ""};
  };
  if (!to) {
    meeting.strangers.push_back(unknown("must be such as Patient/id, its whole URL or a urn"));
  } else if (to->source.empty()) {
    if (records_.others.count(to->full_url) > 0) return;  // a place, a relative
    meeting.strangers.push_back(unknown("is not in the files"));
  } else if (Side* side = side_of(to->source, meeting)) {
    const auto person = find_known(*to, to->server.empty() ? one.name.server : to->server);
    (participant.declined ? side->declined : side->coming)
        .emplace(to->source,
                 person ? Named{person->number, {}, person->called}
                        : unknown("is neither in the files nor known from an earlier import"));
  }
}

// Behind roles, contained people and URLs; nothing where nobody is there.
std::optional<People::Target> People::aim(const FhirParticipant& participant, Meeting& meeting) {
  if (participant.contained) {
    const auto itself = find_by_email(participant);
    if (!itself) meeting.contained.push_back(&participant);
    return itself ? std::optional(Target{*itself, FhirName{*itself, "", ""}}) : std::nullopt;
  }
  Target target{participant.reference, fhir_reference(participant.reference)};
  if (const auto role = find_role(target)) {
    if (role->empty()) return std::nullopt;
    const std::string server = target.to ? target.to->server : "";
    target = {*role, fhir_reference(*role)};
    if (target.to && target.to->server.empty()) target.to->server = server;
  } else if (target.to && target.to->source.starts_with(kRole)) {
    meeting.lost_role = true;
    return std::nullopt;
  }
  const auto by_url = records_.urls.find(fhir_without_version(target.reference));
  if (by_url != records_.urls.end() && !by_url->second.empty()) {
    target.to = FhirName{by_url->second, target.to ? target.to->server : "", ""};
  }
  return target;
}

People::Side* People::side_of(const std::string& source, Meeting& meeting) {
  if (source.starts_with(kPatient)) return &meeting.patients;
  if (source.starts_with(kPractitioner)) return &meeting.practitioners;
  if (source.starts_with("Group/")) meeting.group = true;
  return nullptr;
}

// The reference to its practitioner, empty where it has none; nothing where it is no role that is
// known.
std::optional<std::string> People::find_role(const Target& target) const {
  auto role = records_.roles.find(fhir_without_version(target.reference));
  if (role == records_.roles.end() && target.to) role = records_.roles.find(target.to->source);
  return role == records_.roles.end() ? std::nullopt : std::optional(role->second);
}

std::optional<std::string> People::find_by_email(const FhirParticipant& participant) const {
  if (participant.email.empty()) return std::nullopt;
  const auto found = by_email_.find(email_key(participant.reference, participant.email));
  if (found == by_email_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

bool People::is_faulty(const std::string& reference, const FhirName& to) const {
  return records_.people_hidden || records_.faulty_people.count(to.source) > 0 ||
         records_.faulty_people.count(fhir_without_version(reference)) > 0;
}

std::optional<People::Person> People::find_known(const FhirName& to, const std::string& server) {
  if (to.source.empty()) return std::nullopt;
  const auto found = people_.find(to.source);
  if (found != people_.end()) {
    return may_be_one(server, found->second.server) ? std::optional(found->second) : std::nullopt;
  }
  const auto* const known = numbers_.find(to.source);
  if (known == nullptr || !may_be_one(server, known->server)) return std::nullopt;
  const Person person{known->number, known->server, to.source.starts_with(kPatient), ""};
  people_[to.source] = person;
  return person;
}

}  // namespace roomkey::cli::import
