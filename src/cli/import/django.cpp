#include <algorithm>

#include "cli/import/reader.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::import {

namespace {

// Other fields of such an app may hold anything.
constexpr int kDeepest = 64;

// A choice as roomkey spells it: `IN-PERSON` is in_person.
Json::Value choice(const Json::Value& value) {
  if (!value.isString() || value.asString().empty()) {
    return value.isString() ? Json::Value() : value;
  }
  std::string word = base::lower_ascii(value.asString());
  std::replace_if(
      word.begin(), word.end(), [](char c) { return c == '-' || c == ' '; }, '_');
  return word;
}

bool is_true(const Json::Value& value) { return value.isBool() && value.asBool(); }

std::string text_of(const Json::Value& fields, const char* name) {
  return base::string_member(fields, name).value_or("");
}

// What a person is called: first and last name, or what else such models have.
std::string name_of(const Json::Value& object) {
  const Json::Value& fields = object["fields"];
  const std::string first = text_of(fields, "first_name");
  const std::string last = text_of(fields, "last_name");
  if (!first.empty() && !last.empty()) return first + ' ' + last;
  for (const std::string& name : {first, last, text_of(fields, "full_name"),
                                  text_of(fields, "name"), text_of(fields, "username")}) {
    if (!base::trimmed(name).empty()) return name;
  }
  const auto id = base::integer(object["pk"]);
  const std::string email = text_of(fields, "email");
  return email.empty() && id ? "user-" + std::to_string(*id) : email;
}

// Where the dump has a record's field.
std::string field_of(const std::string& field) {
  if (field == "id") return "pk";
  if (field == "name") return "fields.first_name";
  if (field == "active") return "fields.is_active";
  const bool person = field == "patient_id" || field == "psychologist_id";
  return "fields." + (person ? field.substr(0, field.size() - 3) : field);
}

std::string dump_field(const std::string& place, const std::string& field) {
  return place + '.' + field_of(field);
}

access::FieldFault in_dump(const Json::Value& object, const access::FieldFault& fault) {
  const std::string field = field_of(fault.field);
  if (field == "pk" && !object.isMember("pk")) {
    return {field, "is missing: make the dump without --natural-primary"};
  }
  if (fault.field.ends_with("_id") && object["fields"][field.substr(7)].isArray()) {
    return {field, "is a natural key: make the dump without --natural-foreign"};
  }
  return {field, fault.why};
}

class Dump {
 public:
  Dump(const ImportFile& file, Records& records) : file_(file), records_(records) {}

  void read() {
    const auto before = records_.fault_count;
    each_object(file_, records_, file_.text, "", kDeepest,
                [this](const Json::Value& object, const auto& path) { take(object, path); });
    if (!found_ && records_.fault_count == before) {
      records_.fault(file_.name, "holds no users.user, auth.user or appointments.appointment");
    }
  }

 private:
  void take(const Json::Value& object, const std::string& path) {
    const auto model = base::string_member(object, "model");
    if (!model) return records_.fault(file_.place(path + ".model"), "must be a string");
    const std::string name = base::lower_ascii(*model);
    // Django's own is in no dump of an app that has another in its place.
    const bool user = name == "users.user" || name == "auth.user";
    if (!user && name != "appointments.appointment") return records_.ignore(name);
    found_ = true;
    if (!object["fields"].isObject()) {
      return records_.fault(file_.place(path + ".fields"), "must be an object");
    }
    user ? take_user(object, path) : take_appointment(object, path);
  }

  void take_user(const Json::Value& object, const std::string& path) {
    const auto before = records_.fault_count;
    const Json::Value& fields = object["fields"];
    Json::Value record(Json::objectValue);
    record["id"] = object["pk"];
    record["email"] = fields["email"];
    record["name"] = name_of(object);
    const bool without_email = stands_in_for_email(record);
    record["role"] = choice(fields["role"]);
    record["active"] = fields["is_active"];
    const bool without_role = record["role"].isNull();
    if (without_role) record["role"] = is_true(fields["is_superuser"]) ? "admin" : "patient";
    access::User user;
    const auto faults = access::read_user(record, user);
    const auto rename = [&](const access::FieldFault& fault) { return in_dump(object, fault); };
    if (!faultless(file_, records_, path, faults, rename)) {
      return note_faulty_user(records_, record, before);
    }
    const bool patient = user.role == access::Role::patient;
    if (without_role && patient) records_.without_role.push_back(records_.users.size());
    records_.users.push_back(
        {file_.place(path), std::move(user), dump_field, left_out_of(record, without_email)});
  }

  void take_appointment(const Json::Value& object, const std::string& path) {
    const Json::Value& fields = object["fields"];
    Json::Value record(Json::objectValue);
    record["id"] = object["pk"];
    record["patient_id"] = fields["patient"];
    record["psychologist_id"] = fields["psychologist"];
    for (const char* name : {"appointment_date", "duration_minutes"}) record[name] = fields[name];
    for (const char* name : {"status", "session_type"}) record[name] = choice(fields[name]);
    // A model that calls its people otherwise is another matter.
    const bool named = fields.isMember("patient") && fields.isMember("psychologist");
    if (const auto omission = named ? without_people(record) : std::nullopt) {
      return records_.leave_out(*omission, file_.place(path));
    }
    const Json::Value& room = fields["video_room_id"];
    if (!room.isString() || !room.asString().empty()) record["video_room_id"] = room;
    access::Appointment appointment;
    const auto faults = access::read_appointment(record, appointment);
    const auto rename = [&](const access::FieldFault& fault) { return in_dump(object, fault); };
    if (!faultless(file_, records_, path, faults, rename)) {
      return records_.explain(records_.fault_count - faults.size());
    }
    records_.appointments.push_back(
        {file_.place(path), std::move(appointment), dump_field, left_out_of(record)});
  }

  const ImportFile& file_;
  Records& records_;
  bool found_ = false;
};

}  // namespace

void read_django_import(const ImportFile& file, Records& records) { Dump(file, records).read(); }

}  // namespace roomkey::cli::import
