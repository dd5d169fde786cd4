#include <algorithm>
#include <array>
#include <limits>

#include "import_fhir.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli {

namespace {

constexpr std::size_t kLongestUrl = 300;

struct StatusWord {
  std::string_view fhir;
  access::Status status;
  bool may_lack_start;
};

constexpr StatusWord kStatuses[] = {
    {"proposed", access::Status::scheduled, true},
    {"pending", access::Status::scheduled, false},
    {"waitlist", access::Status::scheduled, true},
    {"booked", access::Status::scheduled, false},
    {"arrived", access::Status::confirmed, false},
    {"checked-in", access::Status::confirmed, false},
    {"fulfilled", access::Status::completed, false},
    {"noshow", access::Status::no_show, false},
    {"cancelled", access::Status::cancelled, true},
    {"entered-in-error", access::Status::cancelled, true},
};

const StatusWord* find_status(std::string_view word) {
  const auto found = std::find_if(std::begin(kStatuses), std::end(kStatuses),
                                  [&](const StatusWord& one) { return one.fhir == word; });
  return found == std::end(kStatuses) ? nullptr : found;
}

constexpr std::array<std::string_view, 7> kRemote{
    "telehealth", "telemedicine", "teleconsult", "televisit", "video", "virtual", "online"};
constexpr std::array<std::string_view, 8> kHere{"in person",    "in-person",    "in_person",
                                                "face to face", "face-to-face", "on-site",
                                                "onsite",       "walkin"};

struct Marks {
  bool remote = false;
  bool here = false;

  void look_at(const Json::Value& text) {
    if (!text.isString()) return;
    const std::string lower = base::lower_ascii(text.asString());
    const auto stands = [&](std::string_view word) { return lower.find(word) != lower.npos; };
    remote = remote || std::any_of(kRemote.begin(), kRemote.end(), stands);
    here = here || std::any_of(kHere.begin(), kHere.end(), stands);
  }

  // A CodeableConcept, or an array of them. VR: HL7's v3 ActCode; the number: SNOMED CT, telehealth
  // consultation.
  void look_at_concept(const Json::Value& concept_or_list) {
    if (concept_or_list.isArray()) {
      for (const auto& one : concept_or_list) look_at_concept(one);
    }
    if (!concept_or_list.isObject()) return;
    look_at(concept_or_list["text"]);
    if (!concept_or_list["coding"].isArray()) return;
    for (const auto& coding : concept_or_list["coding"]) {
      if (!coding.isObject()) continue;
      look_at(coding["code"]);
      look_at(coding["display"]);
      const auto code = base::string_member(coding, "code");
      remote = remote || code == "VR" || code == "448337001";
    }
  }
};

std::string joined(const Json::Value& texts) {
  std::string result;
  if (!texts.isArray()) return result;
  for (const auto& text : texts) {
    if (text.isString()) result += (result.empty() ? "" : " ") + text.asString();
  }
  return result;
}

std::string human_name(const Json::Value& name) {
  std::string text = base::string_member(name, "text").value_or("");
  if (!text.empty()) return text;
  const std::string given = joined(name["given"]);
  const std::string family = base::string_member(name, "family").value_or("");
  return given + (given.empty() || family.empty() ? "" : " ") + family;
}

// The lower, the better.
int order_of(const Json::Value& name) {
  const std::string use = base::string_member(name, "use").value_or("");
  return use == "official" ? 0 : use == "usual" ? 1 : use.empty() ? 2 : use == "old" ? 4 : 3;
}

bool is_fhir_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.';
  });
}

bool is_type(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

}  // namespace

std::optional<access::Status> fhir_status(std::string_view word) {
  const auto* found = find_status(word);
  return found == nullptr ? std::nullopt : std::optional(found->status);
}

bool may_lack_start(std::string_view status) {
  const auto* found = find_status(status);
  return found != nullptr && found->may_lack_start;
}

access::SessionType fhir_session_type(const Json::Value& appointment) {
  Marks marks;
  for (const char* field : {"appointmentType", "serviceType", "serviceCategory"}) {
    marks.look_at_concept(appointment[field]);
  }
  if (appointment["extension"].isArray()) {
    for (const auto& extension : appointment["extension"]) {
      const auto url = extension.isObject() ? base::string_member(extension, "url") : std::nullopt;
      marks.remote = marks.remote || (url && url->find("virtualService") != url->npos);
    }
  }
  const bool here = marks.here && !marks.remote;
  return here ? access::SessionType::in_person : access::SessionType::telehealth;
}

std::string fhir_email(const Json::Value& person) {
  std::string email;
  constexpr auto kUnranked = std::numeric_limits<std::int64_t>::max();
  auto best = kUnranked;
  if (!person["telecom"].isArray()) return email;
  for (const auto& point : person["telecom"]) {
    if (!point.isObject() || base::string_member(point, "system") != "email") continue;
    const auto value = base::string_member(point, "value");
    if (!value || value->empty() || base::string_member(point, "use") == "old") continue;
    const auto rank = base::integer(point["rank"]).value_or(kUnranked);
    if (!email.empty() && rank >= best) continue;
    email = *value;
    best = rank;
  }
  return email;
}

std::string fhir_person_name(const Json::Value& person) {
  std::string best;
  int order = std::numeric_limits<int>::max();
  if (!person["name"].isArray()) return best;
  for (const auto& name : person["name"]) {
    if (!name.isObject() || order_of(name) >= order || human_name(name).empty()) continue;
    best = human_name(name);
    order = order_of(name);
  }
  return best;
}

std::optional<FhirName> fhir_reference(std::string_view reference) {
  if (reference.size() > kLongestUrl) return std::nullopt;
  if (reference.starts_with("urn:")) return FhirName{"", "", std::string(reference)};
  reference = reference.substr(0, reference.find("/_history/"));
  const auto slash = reference.rfind('/');
  if (slash == reference.npos) return std::nullopt;
  const auto before = slash == 0 ? reference.npos : reference.rfind('/', slash - 1);
  const auto start = before == reference.npos ? 0 : before + 1;
  if (!is_type(reference.substr(start, slash - start)) ||
      !is_fhir_id(reference.substr(slash + 1))) {
    return std::nullopt;
  }
  const auto server = reference.substr(0, start == 0 ? 0 : before);
  return FhirName{std::string(reference.substr(start)), std::string(server), ""};
}

std::optional<FhirName> fhir_name(const Json::Value& entry) {
  const Json::Value& resource = entry["resource"];
  const std::string type = base::string_member(resource, "resourceType").value_or("");
  const auto id = base::string_member(resource, "id");
  const std::string url = base::string_member(entry, "fullUrl").value_or("");
  const auto address = fhir_reference(url);
  if ((id && !is_fhir_id(*id)) || url.size() > kLongestUrl) return std::nullopt;
  FhirName name{id ? type + '/' + *id : "", "", url};
  if (!id && address && address->source.starts_with(type + '/')) name.source = address->source;
  if (!id && address && address->source.empty()) name.source = type + '/' + url;
  if (address && address->source == name.source) name.server = address->server;
  if (name.source.empty()) return std::nullopt;
  return name;
}

}  // namespace roomkey::cli
