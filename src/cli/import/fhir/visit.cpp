// Whether a visit is by video, as FHIR servers say it. Codes: SNOMED CT, HL7's v3 ActCode, its
// virtual-healthcare-delivery-method and virtual-service-type
// (https://hl7.org/fhir/R5/valueset-virtual-service-type.html), and the words that people read.

#include <algorithm>

#include "cli/import/fhir/fhir.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::import {

namespace {

// R5's element as R4 servers send it ahead of time: its codings say by which service, and all are
// by video.
constexpr std::string_view kVirtualService =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-Appointment.virtualService";

struct Code {
  std::string_view system;
  std::string_view code;
};

constexpr std::string_view kSnomed = "http://snomed.info/sct";
constexpr Code kRemoteCodes[] = {
    {"http://terminology.hl7.org/CodeSystem/v3-ActCode", "VR"},
    {kSnomed, "448337001"},        // telemedicine consultation with patient
    {kSnomed, "719407002"},        // consultation via video conference
    {kSnomed, "719409004"},        // consultation via telemedicine web camera
    {kSnomed, "325921000000107"},  // consultation via video conference, United Kingdom
    {"http://terminology.hl7.org/CodeSystem/virtual-healthcare-delivery-method", "video"},
    {"http://terminology.hl7.org/CodeSystem/virtual-healthcare-delivery-method", "app"},
    {"http://hl7.org/fhir/virtual-service-type", "zoom"},
    {"http://hl7.org/fhir/virtual-service-type", "ms-teams"},
    {"http://hl7.org/fhir/virtual-service-type", "whatsapp"},
};

constexpr std::string_view kRemote[] = {
    "telehealth",      "telemedicine", "telemedizin", "teleconsult", "telekonsult", "televisit",
    "telepsych",       "teletherap",   "telemental",  "video",       "virtual",     "ms-teams",
    "microsoft teams", "zoom",         "webex",       "whatsapp"};
// In an extension it may be how the visit was booked.
constexpr std::string_view kOnline = "online";
constexpr std::string_view kHere[] = {"in person",    "in-person",    "in_person", "inperson",
                                      "face to face", "face-to-face", "face2face", "on-site",
                                      "onsite",       "walkin",       "walk-in",   "walk in"};

template <typename Words>
bool holds(std::string_view text, const Words& words) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return text.find(word) != text.npos; });
}

bool is_remote_code(const Json::Value& coding) {
  const auto code = base::string_member(coding, "code");
  const std::string system = base::string_member(coding, "system").value_or("");
  return std::any_of(std::begin(kRemoteCodes), std::end(kRemoteCodes), [&](const Code& one) {
    return code == one.code && (system.empty() || system == one.system);
  });
}

struct Marks {
  bool remote = false;
  bool here = false;

  void look_at(const Json::Value& text) {
    if (!text.isString()) return;
    const std::string lower = base::lower_ascii(text.asString());
    remote = remote || holds(lower, kRemote) || lower.find(kOnline) != lower.npos;
    here = here || holds(lower, kHere);
  }

  void look_at_coding(const Json::Value& coding) {
    if (!coding.isObject()) return;
    look_at(coding["code"]);
    look_at(coding["display"]);
    remote = remote || is_remote_code(coding);
  }

  // A CodeableConcept, R5's reference to one, or an array of them.
  void look_at_concept(const Json::Value& concept_or_list) {
    if (concept_or_list.isArray()) {
      for (const auto& one : concept_or_list) look_at_concept(one);
    }
    if (!concept_or_list.isObject()) return;
    look_at(concept_or_list["text"]);
    look_at_concept(concept_or_list["concept"]);
    if (!concept_or_list["coding"].isArray()) return;
    for (const auto& coding : concept_or_list["coding"]) look_at_coding(coding);
  }
};

bool is_remote_in_extension(const Json::Value& coding) {
  if (!coding.isObject()) return false;
  const auto word = [&](const char* field) {
    return base::lower_ascii(base::string_member(coding, field).value_or(""));
  };
  return is_remote_code(coding) || holds(word("code"), kRemote) || holds(word("display"), kRemote);
}

bool says_video(const Json::Value& extension) {
  if (!extension.isObject()) return false;
  const Json::Value& concept_of_it = extension["valueCodeableConcept"];
  const Json::Value none(Json::arrayValue);
  const Json::Value& codings = concept_of_it.isObject() && concept_of_it["coding"].isArray()
                                   ? concept_of_it["coding"]
                                   : none;
  Json::Value code(Json::objectValue);
  code["code"] = extension["valueCode"];
  return is_remote_in_extension(extension["valueCoding"]) || is_remote_in_extension(code) ||
         std::any_of(codings.begin(), codings.end(), is_remote_in_extension);
}

// An extension may be made of others.
bool any_says_video(const Json::Value& list) {
  if (!list.isArray()) return false;
  return std::any_of(list.begin(), list.end(), [](const Json::Value& one) {
    return says_video(one) || (one.isObject() && any_says_video(one["extension"])) ||
           (one.isObject() && base::string_member(one, "url") == kVirtualService);
  });
}

// Oracle Health: participants of the type "Patient Virtual Meeting Room", which are contained
// services of that type.
bool has_virtual_room(const Json::Value& appointment) {
  Marks marks;
  for (const char* list : {"participant", "contained"}) {
    if (!appointment[list].isArray()) continue;
    for (const auto& one : appointment[list]) {
      if (one.isObject()) marks.look_at_concept(one["type"]);
    }
  }
  return marks.remote;
}

}  // namespace

access::SessionType fhir_session_type(const Json::Value& appointment) {
  Marks marks;
  for (const char* field : {"appointmentType", "serviceType", "serviceCategory"}) {
    marks.look_at_concept(appointment[field]);
  }
  const bool remote =
      marks.remote || has_virtual_room(appointment) || any_says_video(appointment["extension"]) ||
      (appointment["virtualService"].isArray() && !appointment["virtualService"].empty());
  return marks.here && !remote ? access::SessionType::in_person : access::SessionType::telehealth;
}

}  // namespace roomkey::cli::import
