#include <algorithm>

#include "cli/import/fhir/fhir.hpp"
#include "cli/import/reader.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::import {

namespace {

// Resources of other types may hold anything.
constexpr int kDeepest = 64;
// How long an appointment takes, from its end where it does not say; null where neither is said.
Json::Value minutes_of(const Json::Value& resource) {
  if (!resource["minutesDuration"].isNull()) return resource["minutesDuration"];
  const auto start = base::parse_utc(base::string_member(resource, "start").value_or(""));
  const auto end = base::parse_utc(base::string_member(resource, "end").value_or(""));
  if (!start || !end) return {};
  return Json::Int64{std::chrono::ceil<std::chrono::minutes>(*end - *start).count()};
}

access::FieldFault fhir_person_fault(const access::FieldFault& fault) {
  return fault.field == "email" ? access::FieldFault{"telecom", fault.why} : fault;
}

access::FieldFault in_appointment(const Json::Value& resource, const access::FieldFault& fault) {
  if (fault.field == "appointment_date") return {"start", fault.why};
  if (fault.field != "duration_minutes") return fault;
  if (!resource["minutesDuration"].isNull()) return {"minutesDuration", fault.why};
  if (resource["end"].isNull()) return {"minutesDuration", "is missing, and so is end"};
  if (minutes_of(resource).isNull()) return {"end", "must be a time with offset, and start too"};
  return {"end", "must be 1 minute to 24 hours after start"};
}

class Resources {
 public:
  Resources(const ImportFile& file, Records& records) : file_(file), records_(records) {}

  void read_bundle() {
    const auto before = records_.fault_count;
    base::JsonParts members(file_.text);
    std::set<std::string> seen;
    while (members.next()) {
      const std::string& key = members.key();
      if (key != "resourceType" && key != "type" && key != "entry") continue;
      if (!seen.insert(key).second) {
        fault(key, "appears twice in the file");
      } else if (key == "resourceType" && members.text() != R"("Bundle")") {
        fault(key, "must be Bundle");
      } else if (key == "type" && members.text() == R"("history")") {
        fault(key, "must be another than history");
      } else if (key == "entry") {
        each_object(file_, records_, members.text(), key, kDeepest,
                    [this](const Json::Value& entry, const auto& path) { take(entry, path); });
      }
    }
    if (members.broken()) records_.fault(file_.name, "is not valid JSON");
    if (entries_ && records_.fault_count == before) look_for_some();
  }

  void read_lines() {
    const auto before = records_.fault_count;
    const std::string_view text = file_.text;
    for (std::size_t at = 0, line = 1; at < text.size(); ++line) {
      const auto end = std::min(text.find('\n', at), text.size());
      take_line(base::trimmed(text.substr(at, end - at)), "line " + std::to_string(line));
      at = end + 1;
      file_.tell(std::min(at, text.size()));
    }
    if (records_.fault_count == before) look_for_some();
  }

 private:
  // A page or a file of an export may well be of other things.
  void look_for_some() {
    if (found_ || !file_.alone) return;
    records_.fault(file_.name, "holds no Appointment, Patient or Practitioner");
  }

  void take_line(std::string_view line, const std::string& path) {
    if (line.empty()) return;
    auto resource = base::parse_json(line, kDeepest);
    if (!resource) return fault(path, "is " + resource.error().detail);
    if (!resource->isObject()) return fault(path, "must be an object");
    if ((*resource)["resourceType"].isNull()) {
      return fault(path,
                   "has no resourceType: only FHIR is read line by line; put other records into "
                   R"(one {"users": [...], "appointments": [...]})");
    }
    if ((*resource)["resourceType"] == "Bundle") return take_bundle(*resource, path);
    Json::Value entry(Json::objectValue);
    entry["resource"] = std::move(*resource);
    take_resource(entry, path);
  }

  void take_bundle(const Json::Value& bundle, const std::string& path) {
    if (!bundle["entry"].isArray()) return records_.ignore("Bundle");
    for (Json::ArrayIndex i = 0; i < bundle["entry"].size(); ++i) {
      const std::string at = path + ".entry[" + std::to_string(i) + ']';
      const Json::Value& entry = bundle["entry"][i];
      entry.isObject() ? take(entry, at) : fault(at, "must be an object");
    }
  }

  void take(const Json::Value& entry, const std::string& path) {
    entries_ = true;
    if (entry["resource"].isNull()) return records_.ignore("entry-without-resource");
    take_resource(entry, path + ".resource");
  }

  void take_resource(const Json::Value& entry, const std::string& path) {
    const Json::Value& resource = entry["resource"];
    if (!resource.isObject()) return fault(path, "must be an object");
    const auto type = base::string_member(resource, "resourceType");
    if (!type) return fault(path + ".resourceType", "must be a string");
    const bool person = *type == "Patient" || *type == "Practitioner";
    const auto name = fhir_name(entry);
    if (*type == "PractitionerRole" && name) note_role(resource, path, *name);
    if (!person && *type != "Appointment") return ignore(entry, *type);
    found_ = true;
    if (!name) return fault(path + ".id", "must be 1 to 64 letters, digits, - and .");
    person ? take_person(resource, path, *name) : take_appointment(resource, path, *name);
  }

  void fault(const std::string& path, const std::string& why) {
    records_.fault(file_.place(path), why);
  }

  void ignore(const Json::Value& entry, const std::string& type) {
    if (type != "PractitionerRole") records_.ignore(type);
    const auto url = base::string_member(entry, "fullUrl");
    if (url && url->starts_with("urn:")) records_.others.insert(*url);
  }

  void note_role(const Json::Value& resource, const std::string& path, const FhirName& name) {
    const Json::Value& practitioner = resource["practitioner"];
    const std::string to = practitioner.isObject() ? fhir_actor(practitioner, "Practitioner") : "";
    const auto noted = records_.roles.emplace(name.source, to).first;
    if (noted->second != to) fault(path + ".practitioner", "is another than before for this id");
    if (!name.full_url.empty()) records_.roles.emplace(fhir_without_version(name.full_url), to);
  }

  void take_person(const Json::Value& resource, const std::string& path, const FhirName& name) {
    const auto before = records_.fault_count;
    for (const char* list : {"name", "telecom"}) {
      if (!resource[list].isNull() && !resource[list].isArray()) {
        fault(path + '.' + list, "must be an array");
      }
    }
    const std::string email = fhir_email(resource);
    const std::string called = fhir_person_name(resource);
    Json::Value record(Json::objectValue);
    record["id"] = 1;
    record["email"] = email.empty() ? kNoEmail : email;
    record["name"] = called.empty() ? name.source : called;
    record["role"] = name.source.starts_with("Patient/") ? "patient" : "psychologist";
    record["active"] = resource["active"];
    FhirPerson person{
        file_.place(path), name, {}, !resource["active"].isNull(), fhir_version(resource)};
    faultless(file_, records_, path, access::read_user(record, person.user), fhir_person_fault);
    if (email.empty()) person.user.email.clear();
    if (records_.fault_count == before && is_own_url(name)) {
      note_identifiers(resource, name);
      return records_.people.push_back(std::move(person));
    }
    if (records_.fault_count == before) fault(path, "has another's fullUrl");
    records_.faulty_people.insert(name.source);
    if (!name.full_url.empty()) records_.faulty_people.insert(fhir_without_version(name.full_url));
    records_.explain(before);
  }

  // Of two people with the same identifier it is nobody's.
  void note_identifiers(const Json::Value& resource, const FhirName& name) {
    if (!resource["identifier"].isArray()) return;
    const std::string type = name.source.substr(0, name.source.find('/'));
    for (const auto& identifier : resource["identifier"]) {
      const std::string key = fhir_identifier(identifier, type);
      if (key.empty()) continue;
      auto& source = records_.urls.emplace(key, name.source).first->second;
      if (source != name.source) source.clear();
    }
  }

  bool is_own_url(const FhirName& name) {
    if (name.full_url.empty()) return true;
    const auto url = fhir_without_version(name.full_url);
    return records_.urls.emplace(url, name.source).first->second == name.source;
  }

  void take_appointment(const Json::Value& resource, const std::string& path,
                        const FhirName& name) {
    const auto before = records_.fault_count;
    const std::string word = base::string_member(resource, "status").value_or("");
    const auto status = fhir_status(word);
    if (!status) {
      fault(path + ".status",
            "must be one of proposed, pending, booked, arrived, fulfilled, cancelled, noshow, "
            "entered-in-error, checked-in, waitlist");
    }
    FhirAppointment one;
    one.place = file_.place(path);
    one.name = {name.source, name.server, ""};  // nothing refers to an appointment
    one.version = fhir_version(resource);
    one.has_start = !resource["start"].isNull() || !may_lack_start(word);
    Json::Value record(Json::objectValue);
    record["id"] = record["patient_id"] = 1;
    record["psychologist_id"] = 2;
    record["appointment_date"] = one.has_start ? resource["start"] : "1970-01-01T00:00:00Z";
    record["duration_minutes"] = one.has_start ? minutes_of(resource) : 1;
    const auto rename = [&](const access::FieldFault& fault) {
      return in_appointment(resource, fault);
    };
    const auto faults = access::read_appointment(record, one.appointment);
    faultless(file_, records_, path, faults, rename);
    take_participants(resource, path + ".participant", one);
    if (records_.fault_count != before) return records_.explain(before);
    one.appointment.status = *status;
    one.appointment.session_type = fhir_session_type(resource);
    records_.fhir_appointments.push_back(std::move(one));
  }

  void take_participants(const Json::Value& resource, const std::string& path,
                         FhirAppointment& one) {
    const Json::Value& list = resource["participant"];
    if (list.isNull()) return;
    if (!list.isArray()) return fault(path, "must be an array");
    for (Json::ArrayIndex i = 0; i < list.size(); ++i) {
      if (list[i].isObject()) {
        auto found = fhir_participant(resource, list[i]);
        found.index = i;
        if (!found.reference.empty()) one.participants.push_back(std::move(found));
      } else {
        fault(path + '[' + std::to_string(i) + ']', "must be an object");
      }
    }
  }

  const ImportFile& file_;
  Records& records_;
  bool entries_ = false;
  bool found_ = false;
};

}  // namespace

void read_fhir_import(const ImportFile& file, Records& records) {
  Resources(file, records).read_bundle();
}

void read_fhir_lines(const ImportFile& file, Records& records) {
  Resources(file, records).read_lines();
}

}  // namespace roomkey::cli::import
