#include "cli/import/repeats.hpp"

#include <algorithm>

#include "cli/import/fhir/fhir.hpp"
#include "roomkey/base/json.hpp"

namespace roomkey::cli::import {

namespace {

std::string differing_members(const std::string& one, const std::string& other) {
  if (one == other) return "";
  const auto left = base::parse_json(one).value();
  const auto right = base::parse_json(other).value();
  std::string names;
  for (const auto& name : left.getMemberNames()) {
    if (left[name] != right[name]) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

std::string differences_of(const FhirPerson& one, const FhirPerson& other) {
  std::string names = differences(one.user, other.user);
  if (names.empty() && one.has_active != other.has_active) names = "active";
  return names;
}

std::string differences_of(const FhirAppointment& one, const FhirAppointment& other) {
  std::string names = differences(one.appointment, other.appointment);
  const bool same_people = std::equal(
      one.participants.begin(), one.participants.end(), other.participants.begin(),
      other.participants.end(), [](const FhirParticipant& a, const FhirParticipant& b) {
        return a.reference == b.reference && a.declined == b.declined && a.email == b.email;
      });
  if (!same_people) names += names.empty() ? "participant" : ", participant";
  return names;
}

// `other` comes after `one`; true where it takes its place.
template <typename Resource>
bool replaces(Records& records, const Resource& one, const Resource& other) {
  const std::string names = differences_of(one, other);
  if (names.empty()) return false;
  const int age = fhir_age(other.version, one.version);
  if (age == 0) records.fault(other.place + ".id", repeated_otherwise(one.place, names));
  if (age != 0) records.ignore("older-version");
  return age > 0;
}

template <typename Resource>
void drop_repeated(Records& records, std::deque<Resource>& all) {
  std::unordered_map<std::string, std::size_t> first;
  std::size_t kept = 0;
  for (auto& one : all) {
    const auto [found, fresh] = first.emplace(one.name.source, kept);
    Resource& place = all[found->second];
    if (fresh) {
      if (&place != &one) place = std::move(one);
      ++kept;
    } else if (replaces(records, place, one)) {
      place = std::move(one);
    }
  }
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(kept), all.end());
}

}  // namespace

void drop_repeated_people(Records& records) { drop_repeated(records, records.people); }

void drop_repeated_appointments(Records& records) {
  drop_repeated(records, records.fhir_appointments);
}

std::string differences(const access::User& one, const access::User& other) {
  return differing_members(access::to_json(one), access::to_json(other));
}

std::string differences(const access::Appointment& one, const access::Appointment& other) {
  std::string names =
      differing_members(access::to_json_without_room(one), access::to_json_without_room(other));
  if (one.room && other.room && one.room->name != other.room->name) {
    names += names.empty() ? "video_room_id" : ", video_room_id";
  }
  if (one.room && other.room && one.room->provider != other.room->provider) {
    names += names.empty() ? "video_provider" : ", video_provider";
  }
  return names;
}

std::string repeated_otherwise(const std::string& first_place, const std::string& differences) {
  return "is the id of " + first_place + " as well, which differs (" + differences + ")";
}

}  // namespace roomkey::cli::import
