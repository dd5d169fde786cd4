#include <algorithm>
#include <limits>

#include "cli/import/fhir/fhir.hpp"
#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/unseen.hpp"

namespace roomkey::cli::import {

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

// The resource inside the appointment that `#id` names.
const Json::Value* find_contained(const Json::Value& appointment, const std::string& reference) {
  const Json::Value& list = appointment["contained"];
  if (!list.isArray()) return nullptr;
  for (const auto& one : list) {
    if (one.isObject() && base::string_member(one, "id") == reference.substr(1)) return &one;
  }
  return nullptr;
}

bool is_fhir_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_alphanumeric(c) || c == '-' || c == '.';
  });
}

bool is_type(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return base::is_letter(c); });
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

std::string fhir_email(const Json::Value& person) {
  std::string email;
  constexpr auto kUnranked = std::numeric_limits<std::int64_t>::max();
  auto best = kUnranked;
  if (!person["telecom"].isArray()) return email;
  for (const auto& point : person["telecom"]) {
    if (!point.isObject() || base::string_member(point, "system") != "email") continue;
    const auto value = base::string_member(point, "value");
    const auto address = base::trimmed(value ? std::string_view(*value) : "");
    if (address.empty() || base::string_member(point, "use") == "old") continue;
    const auto rank = base::integer(point["rank"]).value_or(kUnranked);
    if (!email.empty() && rank >= best) continue;
    email = address;
    best = rank;
  }
  return email;
}

std::string fhir_person_name(const Json::Value& person) {
  std::string best;
  int order = std::numeric_limits<int>::max();
  if (!person["name"].isArray()) return best;
  for (const auto& name : person["name"]) {
    if (!name.isObject() || order_of(name) >= order) continue;
    if (base::trimmed(human_name(name)).empty()) continue;
    best = human_name(name);
    order = order_of(name);
  }
  return best;
}

FhirVersion fhir_version(const Json::Value& resource) {
  const Json::Value& meta = resource["meta"];
  if (!meta.isObject()) return {};
  const std::string updated = base::string_member(meta, "lastUpdated").value_or("");
  FhirVersion version{base::parse_utc(updated), "",
                      base::parse_number(base::string_member(meta, "versionId").value_or(""))};
  const auto point = updated.find('.');
  if (point != updated.npos) {
    const auto end = updated.find_first_not_of("0123456789", point + 1);
    version.fraction = updated.substr(point + 1, end - point - 1);
    version.fraction.erase(version.fraction.find_last_not_of('0') + 1);
  }
  return version;
}

int fhir_age(const FhirVersion& one, const FhirVersion& other) {
  const auto sign = [](const auto& a, const auto& b) { return a < b ? -1 : b < a ? 1 : 0; };
  if (one.updated && other.updated) {
    const int by_time = sign(*one.updated, *other.updated);
    if (by_time != 0) return by_time;
    const int by_fraction = sign(one.fraction, other.fraction);
    if (by_fraction != 0) return by_fraction;
  }
  return one.number && other.number ? sign(*one.number, *other.number) : 0;
}

std::string fhir_identifier(const Json::Value& identifier, const std::string& type) {
  if (!identifier.isObject() || type.empty()) return "";
  const std::string system = base::string_member(identifier, "system").value_or("");
  const std::string value = base::string_member(identifier, "value").value_or("");
  return system.empty() || value.empty() ? "" : type + "?identifier=" + system + '|' + value;
}

std::string fhir_actor(const Json::Value& reference, const std::string& type) {
  const auto said = base::string_member(reference, "reference");
  return said ? *said
              : fhir_identifier(reference["identifier"],
                                base::string_member(reference, "type").value_or(type));
}

FhirParticipant fhir_participant(const Json::Value& appointment, const Json::Value& participant) {
  FhirParticipant one;
  const Json::Value& actor = participant["actor"];
  if (!actor.isObject()) return one;  // a role, no one yet
  one.reference = fhir_actor(actor, "");
  one.declined = base::string_member(participant, "status") == "declined" ||
                 base::string_member(participant, "required") == "information-only";
  if (!one.reference.starts_with('#')) return one;
  const Json::Value* inner = find_contained(appointment, one.reference);
  if (inner != nullptr && base::string_member(*inner, "resourceType") == "PractitionerRole") {
    const Json::Value& practitioner = (*inner)["practitioner"];
    one.reference = practitioner.isObject() ? fhir_actor(practitioner, "Practitioner") : "";
    inner = one.reference.starts_with('#') ? find_contained(appointment, one.reference) : nullptr;
  }
  if (inner == nullptr) return one;
  const std::string type = base::string_member(*inner, "resourceType").value_or("");
  one.contained = type == "Patient" || type == "Practitioner";
  one.reference = one.contained ? type + '/' : "";
  one.email = fhir_email(*inner);
  one.called = fhir_person_name(*inner);
  return one;
}

std::optional<FhirName> fhir_reference(std::string_view reference) {
  if (reference.size() > kLongestUrl) return std::nullopt;
  if (reference.starts_with("urn:")) return FhirName{"", "", std::string(reference)};
  const auto search = reference.find('?');
  if (search != reference.npos && is_type(reference.substr(0, search))) {
    return FhirName{std::string(reference.substr(0, search)) + '/', "", ""};
  }
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

}  // namespace roomkey::cli::import
