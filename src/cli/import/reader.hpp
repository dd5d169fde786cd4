// What the readers of imports share.
#pragma once

#include "cli/import/records.hpp"
#include "roomkey/base/json_parts.hpp"
#include "roomkey/base/unseen.hpp"

namespace roomkey::cli::import {

// Hands each object of a list to take(value, place), where place is `list[index]`; says what is no
// object. `deepest`: how deep an object may be.
template <typename Take>
void each_object(const ImportFile& file, Records& records, std::string_view text,
                 const std::string& list, int deepest, Take take) {
  base::JsonParts parts(text);
  const auto start = static_cast<std::size_t>(text.data() - file.text.data());
  if (!parts.is_array()) return records.fault(file.place(list), "must be an array");
  for (std::size_t i = 0; parts.next(); ++i) {
    const std::string path = list + '[' + std::to_string(i) + ']';
    auto value = parts.value(deepest);
    if (!value) {
      records.fault(file.place(path), "is " + value.error().detail);
    } else if (!value->isObject()) {
      records.fault(file.place(path), "must be an object");
    } else {
      take(*value, path);
    }
    file.tell(start + parts.at());
  }
  if (parts.broken())
    records.fault(list.empty() ? file.name : file.place(list), "is not valid JSON");
}

// A FieldPlace where fields have the record's own names.
inline std::string json_field(const std::string& place, const std::string& field) {
  return place + '.' + field;
}

// Only to pass the rules, until numbers and addresses are given.
inline constexpr const char* kNoEmail = "none@no-email.invalid";

// True for a user without an address, who gets one that passes the rules for now.
inline bool stands_in_for_email(Json::Value& record) {
  const Json::Value& email = record["email"];
  const bool blank = email.isString() && base::trimmed(email.asString()).empty();
  if (!email.isNull() && !blank) return false;
  record["email"] = kNoEmail;
  return true;
}

inline LeftOut left_out_of(const Json::Value& record, bool email = false) {
  return {email, record["active"].isNull(), record["status"].isNull(),
          record["session_type"].isNull()};
}

// After the faults of a user, of which there were `before` before.
inline void note_faulty_user(Records& records, const Json::Value& record, std::size_t before) {
  const auto id = base::integer(record["id"]);
  if (!id || *id < 1) return;
  records.faulty_users.insert(*id);
  records.explain(before);
}

// An appointment that the file has without one of its people: a slot, a meeting.
inline std::optional<Omission> without_people(const Json::Value& record) {
  if (record["id"].isNull()) return std::nullopt;
  if (record["patient_id"].isNull()) return Omission::without_patient;
  if (record["psychologist_id"].isNull()) return Omission::without_practitioner;
  return std::nullopt;
}

// A field's fault as it is said of a file in which the field has another name.
using Rename = std::function<access::FieldFault(const access::FieldFault&)>;

// Says the faults of the record at `path`, each at `path`.field; true where there is none.
inline bool faultless(const ImportFile& file, Records& records, const std::string& path,
                      const std::vector<access::FieldFault>& faults, const Rename& rename = {}) {
  for (const auto& fault : faults) {
    const auto said = rename ? rename(fault) : fault;
    records.fault(file.place(path + '.' + said.field), said.why);
  }
  return faults.empty();
}

}  // namespace roomkey::cli::import
