#include "import_parts.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMostKinds = 20;

bool is_fhir(std::string_view text) {
  base::JsonParts members(text);
  while (members.next()) {
    if (members.key() == "resourceType") return true;
  }
  return false;
}

void read_users(const ImportFile& file, Records& records, std::string_view list) {
  each_object(file, records, list, "users", 16, [&](const Json::Value& record, const auto& path) {
    access::User user;
    if (faultless(file, records, path, access::read_user(record, user))) {
      records.users.push_back({file.place(path), std::move(user), json_field, left_out_of(record)});
    }
  });
}

void read_appointments(const ImportFile& file, Records& records, std::string_view list) {
  each_object(file, records, list, "appointments", 16,
              [&](const Json::Value& record, const auto& path) {
                access::Appointment appointment;
                if (faultless(file, records, path, access::read_appointment(record, appointment))) {
                  records.appointments.push_back(
                      {file.place(path), std::move(appointment), json_field, left_out_of(record)});
                }
              });
}

}  // namespace

void Records::fault(std::string place, std::string why) {
  ++fault_count;
  if (faults.size() < kMostFaults) faults.push_back({std::move(place), std::move(why)});
}

void Records::ignore(std::string_view kind) {
  const std::string name = base::log_value(kind);
  const bool room = ignored.size() < kMostKinds || ignored.count(name) > 0;
  ++ignored[room ? name : "others"];
}

void read_json_import(const ImportFile& file, Records& records) {
  base::JsonParts members(file.text);
  std::set<std::string> seen;
  while (members.next()) {
    const std::string& key = members.key();
    if (key != "users" && key != "appointments") {
      records.fault(file.place(base::log_value(key)), "is not a field that is known");
    } else if (!seen.insert(key).second) {
      records.fault(file.place(key), "stands in the file twice");
    } else {
      (key == "users" ? read_users : read_appointments)(file, records, members.text());
    }
  }
  if (members.broken()) records.fault(file.name, "is not valid JSON");
}

void read_import(ImportFile& file, Records& records) {
  if (file.text.starts_with(kByteOrderMark)) file.text.erase(0, kByteOrderMark.size());
  if (!base::is_utf8(file.text)) return records.fault(file.name, "is not UTF-8 without NUL");
  const auto first = file.text.find_first_not_of(" \t\r\n");
  if (first == file.text.npos) return records.fault(file.name, "is empty");
  if (file.text[first] == '[') return read_django_import(file, records);
  if (file.text[first] != '{') return read_csv_import(file, records);
  (is_fhir(file.text) ? read_fhir_import : read_json_import)(file, records);
}

void settle_roles(Records& records) {
  if (records.without_role.empty()) return;
  std::set<std::int64_t> psychologists;
  for (const auto& one : records.appointments) {
    psychologists.insert(one.record.psychologist_id);
  }
  for (const auto index : records.without_role) {
    auto& user = records.users[index].record;
    if (psychologists.count(user.id) > 0) user.role = access::Role::psychologist;
  }
}

}  // namespace roomkey::cli
