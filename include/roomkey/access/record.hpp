// Users and appointments as JSON records: the shape of imports, of `roomkey user show --json` and
// of whatever else hands them in. One set of rules, so that nothing gets into the store on one road
// that another would refuse.
#pragma once

#include <json/value.h>

#include <string>
#include <vector>

#include "roomkey/access/appointment.hpp"

namespace roomkey::access {

struct FieldFault {
  std::string field;
  std::string why;  // for a person; never quotes the value
};

// Fill `user` / `appointment` from the record. Every fault at once: a field that is missing, of the
// wrong type, out of range, or unknown. With faults the target holds nothing of use. A room comes
// without its time of creation.
[[nodiscard]] std::vector<FieldFault> read_user(const Json::Value& record, User& user);
[[nodiscard]] std::vector<FieldFault> read_appointment(const Json::Value& record,
                                                       Appointment& appointment);

[[nodiscard]] std::string to_json(const User& user);
[[nodiscard]] std::string to_json(const Appointment& appointment);

}  // namespace roomkey::access
