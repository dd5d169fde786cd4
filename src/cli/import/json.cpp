#include "cli/import/reader.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::import {

namespace {

constexpr std::size_t kMostKinds = 20;

void read_users(const ImportFile& file, Records& records, std::string_view list) {
  each_object(file, records, list, "users", 16, [&](Json::Value& record, const auto& path) {
    const auto before = records.fault_count;
    const bool without_email = stands_in_for_email(record);
    access::User user;
    if (!faultless(file, records, path, access::read_user(record, user))) {
      return note_faulty_user(records, record, before);
    }
    records.users.push_back(
        {file.place(path), std::move(user), json_field, left_out_of(record, without_email)});
  });
}

void read_appointments(const ImportFile& file, Records& records, std::string_view list) {
  const auto take = [&](const Json::Value& record, const auto& path) {
    access::Appointment appointment;
    if (faultless(file, records, path, access::read_appointment(record, appointment))) {
      records.appointments.push_back(
          {file.place(path), std::move(appointment), json_field, left_out_of(record)});
    }
  };
  const auto before = records.fault_count;
  each_object(file, records, list, "appointments", 16, take);
  records.explain(before);
}

}  // namespace

void Records::fault(std::string place, std::string why) {
  ++fault_count;
  if (faults.size() < kMostFaults) faults.push_back({std::move(place), std::move(why)});
}

void Records::leave_out(Omission why, std::string name) {
  Omitted& omitted = left_out[why];
  ++omitted.count;
  if (omitted.names.size() < Omitted::kMostNames) omitted.names.push_back(std::move(name));
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
      records.fault(file.place(key), "appears twice in the file");
    } else {
      (key == "users" ? read_users : read_appointments)(file, records, members.text());
    }
  }
  if (members.broken()) records.fault(file.name, "is not valid JSON");
}

void settle_people(Records& records) {
  records.people_hidden = records.explained < records.fault_count;
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

}  // namespace roomkey::cli::import
