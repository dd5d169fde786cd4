#include "import_fhir.hpp"

#include "import_parts.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli {

namespace {

// Resources of other types may hold anything.
constexpr int kDeepest = 64;
// Only to pass the rules, until numbers and addresses are given.
constexpr const char* kNoEmail = "none@no-email.invalid";

// How long an appointment takes, from its end where it does not say; null where neither is said.
Json::Value minutes_of(const Json::Value& resource) {
  if (!resource["minutesDuration"].isNull()) return resource["minutesDuration"];
  const auto start = base::parse_utc(base::string_member(resource, "start").value_or(""));
  const auto end = base::parse_utc(base::string_member(resource, "end").value_or(""));
  if (!start || !end) return {};
  return Json::Int64{std::chrono::ceil<std::chrono::minutes>(*end - *start).count()};
}

access::FieldFault in_appointment(const Json::Value& resource, const access::FieldFault& fault) {
  if (fault.field == "appointment_date") return {"start", fault.why};
  if (fault.field != "duration_minutes") return fault;
  if (!resource["minutesDuration"].isNull()) return {"minutesDuration", fault.why};
  if (resource["end"].isNull()) return {"minutesDuration", "is missing, and so is end"};
  if (minutes_of(resource).isNull()) return {"end", "must be a time with offset, and start too"};
  return {"end", "must be 1 minute to 24 hours after start"};
}

class Bundle {
 public:
  Bundle(const ImportFile& file, Records& records) : file_(file), records_(records) {}

  void read() {
    const auto before = records_.fault_count;
    base::JsonParts members(file_.text);
    std::set<std::string> seen;
    while (members.next()) {
      const std::string& key = members.key();
      if (key != "resourceType" && key != "type" && key != "entry") continue;
      if (!seen.insert(key).second) {
        records_.fault(file_.place(key), "stands in the file twice");
      } else if (key == "resourceType" && members.text() != R"("Bundle")") {
        records_.fault(file_.place(key), "must be Bundle");
      } else if (key == "type" && members.text() == R"("history")") {
        records_.fault(file_.place(key), "must be another than history");
      } else if (key == "entry") {
        each_object(file_, records_, members.text(), key, kDeepest,
                    [this](const Json::Value& entry, const auto& path) { take(entry, path); });
      }
    }
    if (members.broken()) records_.fault(file_.name, "is not valid JSON");
    if (entries_ && !found_ && records_.fault_count == before) {
      records_.fault(file_.name, "holds no Appointment, Patient or Practitioner");
    }
  }

 private:
  void take(const Json::Value& entry, const std::string& entry_path) {
    entries_ = true;
    const Json::Value& resource = entry["resource"];
    if (resource.isNull()) return records_.ignore("entry-without-resource");
    const std::string path = entry_path + ".resource";
    if (!resource.isObject()) return fault(path, "must be an object");
    const auto type = base::string_member(resource, "resourceType");
    if (!type) return fault(path + ".resourceType", "must be a string");
    const bool person = *type == "Patient" || *type == "Practitioner";
    if (!person && *type != "Appointment") return ignore(entry, *type);
    found_ = true;
    const auto name = fhir_name(entry);
    if (!name) return fault(path + ".id", "must be 1 to 64 letters, digits, - and .");
    person ? take_person(resource, path, *name) : take_appointment(resource, path, *name);
  }

  void fault(const std::string& path, const std::string& why) {
    records_.fault(file_.place(path), why);
  }

  void ignore(const Json::Value& entry, const std::string& type) {
    records_.ignore(type);
    const auto url = base::string_member(entry, "fullUrl");
    if (url && url->starts_with("urn:")) records_.others.insert(*url);
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
    FhirPerson person{file_.place(path), name, {}, !resource["active"].isNull()};
    const auto rename = [](const access::FieldFault& one) {
      return one.field == "email" ? access::FieldFault{"telecom", one.why} : one;
    };
    faultless(file_, records_, path, access::read_user(record, person.user), rename);
    if (email.empty()) person.user.email.clear();
    if (records_.fault_count == before) records_.people.push_back(std::move(person));
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
    FhirAppointment one{file_.place(path), name, {}, {}, true};
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
    take_participants(resource["participant"], path + ".participant", one);
    if (records_.fault_count != before) return;
    one.name.full_url.clear();  // nothing refers to an appointment
    one.appointment.status = *status;
    one.appointment.session_type = fhir_session_type(resource);
    records_.fhir_appointments.push_back(std::move(one));
  }

  void take_participants(const Json::Value& list, const std::string& path, FhirAppointment& one) {
    if (!list.isArray()) return fault(path, list.isNull() ? "is missing" : "must be an array");
    for (Json::ArrayIndex i = 0; i < list.size(); ++i) {
      const std::string at = path + '[' + std::to_string(i) + ']';
      if (!list[i].isObject()) {
        fault(at, "must be an object");
        continue;
      }
      const Json::Value& actor = list[i]["actor"];
      if (!actor.isObject() || !actor["reference"].isString()) continue;  // a role, no one yet
      one.participants.push_back(
          {i, actor["reference"].asString(), base::string_member(list[i], "status") == "declined"});
    }
  }

  const ImportFile& file_;
  Records& records_;
  bool entries_ = false;
  bool found_ = false;
};

}  // namespace

void read_fhir_import(const ImportFile& file, Records& records) { Bundle(file, records).read(); }

}  // namespace roomkey::cli
