// Users and appointments as JSON records: the shape of imports, of `roomkey user show --json` and
// of whatever else hands them in. One set of rules, so that nothing gets into the store on one road
// that another would refuse.
#pragma once

#include <json/value.h>

#include <string>
#include <vector>

#include "roomkey/access/appointment.hpp"
#include "roomkey/base/result.hpp"

namespace roomkey::access {

using base::FieldFault;

// Fill `user` / `appointment` from the record. Every fault at once: a field that is missing, of the
// wrong type, out of range, or unknown. With faults the target holds nothing of use. A room comes
// without its time of creation.
[[nodiscard]] std::vector<FieldFault> read_user(const Json::Value& record, User& user);
[[nodiscard]] std::vector<FieldFault> read_appointment(const Json::Value& record,
                                                       Appointment& appointment);

[[nodiscard]] std::string to_json(const User& user);
[[nodiscard]] std::string to_json(const Appointment& appointment);
// The same but for `video_room_id`: what the booking system knows of it.
[[nodiscard]] std::string to_json_without_room(const Appointment& appointment);

}  // namespace roomkey::access
