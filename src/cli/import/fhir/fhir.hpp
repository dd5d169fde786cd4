// How FHIR's words are understood; no resource is more than a JSON object here.
// https://hl7.org/fhir/R4/appointment.html, https://hl7.org/fhir/R4/references.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/import/records.hpp"
#include "roomkey/access/appointment.hpp"
#include "roomkey/base/json.hpp"

namespace roomkey::cli::import {

// Nothing for a status that R4 does not have.
[[nodiscard]] std::optional<access::Status> fhir_status(std::string_view word);

// Whether an appointment of that status may come without a start (R4's rule app-3, and those that
// are none).
[[nodiscard]] bool may_lack_start(std::string_view status);

// By appointmentType, serviceType, serviceCategory and the codings of extensions; telehealth where
// nothing is said.
[[nodiscard]] access::SessionType fhir_session_type(const Json::Value& appointment);

// A URL or reference without its `/_history/2`.
[[nodiscard]] inline std::string fhir_without_version(std::string_view url) {
  return std::string(url.substr(0, url.find("/_history/")));
}

// What its meta says.
[[nodiscard]] FhirVersion fhir_version(const Json::Value& resource);
// Below 0 where `one` is older than `other`, above 0 where it is newer; 0 where that isn't known.
[[nodiscard]] int fhir_age(const FhirVersion& one, const FhirVersion& other);

// An identifier as a search writes it, `Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1`;
// empty where it says nothing.
[[nodiscard]] std::string fhir_identifier(const Json::Value& identifier, const std::string& type);

// What a Reference refers to: its reference, else its identifier; `type` is what it is if it
// doesn't say.
[[nodiscard]] std::string fhir_actor(const Json::Value& reference, const std::string& type);

// Without a reference where it is nobody yet, or something other than a person that the appointment
// contains.
[[nodiscard]] FhirParticipant fhir_participant(const Json::Value& appointment,
                                               const Json::Value& participant);

// The first address in use, by rank; empty where there is none.
[[nodiscard]] std::string fhir_email(const Json::Value& person);

// The official name before others; empty where there is none.
[[nodiscard]] std::string fhir_person_name(const Json::Value& person);

// Who the resource of an entry is; nothing where neither id nor fullUrl say.
[[nodiscard]] std::optional<FhirName> fhir_name(const Json::Value& entry);

// What a reference points to: `source` and, of a whole URL, `server`; a urn is a full_url. Of a
// search `source` is `Type/` and no more. Nothing where it is none of these (#contained).
[[nodiscard]] std::optional<FhirName> fhir_reference(std::string_view reference);

}  // namespace roomkey::cli::import
