#include "roomkey/handlers/sync.hpp"

#include <algorithm>

#include "roomkey/access/decide.hpp"
#include "roomkey/access/record.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/users.hpp"

namespace roomkey::handlers {

namespace {

using access::FieldFault;
using base::Code;
using base::Error;

// Each field once, and not so many that the answer would outgrow the question.
Error invalid(const std::vector<FieldFault>& faults) {
  constexpr std::size_t kMost = 50;
  Error error{Code::invalid_fields};
  for (const FieldFault& fault : faults) {
    const bool named = std::any_of(error.fields.begin(), error.fields.end(),
                                   [&](const FieldFault& one) { return one.field == fault.field; });
    if (!named && error.fields.size() < kMost) error.fields.push_back(fault);
  }
  return error;
}

// The body's record under the path's id. The body may repeat it, so that an answer can be sent back
// as it is.
base::Result<Json::Value> read_record(std::int64_t id, const std::string& body) {
  auto record = base::parse_json_object(body, base::kFewParts);
  if (!record) return Error{Code::bad_request, "The body is " + record.error().detail};
  if (record->isMember("id") && base::integer((*record)["id"]) != id) {
    return invalid({{"id", "must be the id in the path, or left out"}});
  }
  (*record)["id"] = Json::Int64{id};
  return record;
}

// Null is of no field's type, though an import takes it for left out.
void refuse_null(std::vector<FieldFault>& faults, const Json::Value& record, const char* field) {
  if (!record.isMember(field) || !record[field].isNull()) return;
  faults.push_back({field, "must not be null: leave it out instead"});
}

void note(store::Transaction& transaction, store::Database& database, const http::Call& call,
          std::string_view action, const std::string& record) {
  store::AuditEvent event = event_of(call, action, store::Outcome::changed);
  event.reason = record;
  store::append_audit(transaction, database, event);
}

}  // namespace

base::Result<UserBody> read_user_body(std::int64_t id, const std::string& body) {
  const auto record = read_record(id, body);
  if (!record) return record.error();
  UserBody read;
  auto faults = access::read_user(*record, read.user);
  refuse_null(faults, *record, "active");
  if (!faults.empty()) return invalid(faults);
  read.says_active = record->isMember("active");
  return read;
}

base::Result<AppointmentBody> read_appointment_body(std::int64_t id, const std::string& body) {
  const auto record = read_record(id, body);
  if (!record) return record.error();
  AppointmentBody read;
  auto faults = access::read_appointment(*record, read.appointment);
  for (const char* field : {"status", "session_type"}) refuse_null(faults, *record, field);
  for (const char* field : {"video_room_id", "video_provider"}) {
    if (!record->isMember(field)) continue;
    faults.insert(faults.begin(), {field, "is not a field that is known"});
  }
  if (!faults.empty()) return invalid(faults);
  read.says_status = record->isMember("status");
  read.says_session_type = record->isMember("session_type");
  return read;
}

base::Result<http::Response> put_user(const http::Call& call, const base::Result<UserBody>& body,
                                      std::string_view action, store::Database& database) {
  const auto permitted = access::permit_sync(call.caller());
  if (!permitted) return permitted.error();
  if (!body) return body.error();
  const auto before = store::find_user(database, call.user_id);
  access::User user = body->user;
  if (before && !body->says_active) user.active = before->active;
  const auto faults = access::sync_faults(call.caller(), before ? &*before : nullptr, user);
  if (!faults.empty()) return invalid(faults);
  const std::string now = access::to_json(user);
  if (!before || now != access::to_json(*before)) {
    store::Transaction transaction(database);
    store::put_user(transaction, database, user);
    note(transaction, database, call, action, now);
    transaction.commit();
  }
  return http::Response{before ? 200 : 201, now};
}

base::Result<http::Response> put_appointment(const http::Call& call,
                                             const base::Result<AppointmentBody>& body,
                                             std::string_view action, store::Database& database,
                                             access::Rooms rooms) {
  const auto permitted = access::permit_sync(call.caller());
  if (!permitted) return permitted.error();
  if (!body) return body.error();
  const auto before = store::find_appointment(database, call.id);
  access::Appointment appointment = body->appointment;
  if (before && !body->says_status) appointment.status = before->status;
  if (before && !body->says_session_type) appointment.session_type = before->session_type;
  const auto faults = store::conflicts(database, appointment);
  if (!faults.empty()) return invalid(faults);
  const std::string now = access::to_json_without_room(appointment);
  const bool changes = !before || now != access::to_json_without_room(*before);
  store::Transaction transaction(database);
  if (changes) store::put_appointment(transaction, database, appointment);
  if (rooms == access::Rooms::booked && access::takes_room(appointment)) {
    store::give_room(database, call.id, event_of(call, "video_room", store::Outcome::granted));
  }
  if (changes) {  // last, so that it tells of the room as well
    note(transaction, database, call, action,
         access::to_json(store::find_appointment(database, call.id).value()));
  }
  transaction.commit();
  return http::Response{before ? 200 : 201, now};
}

}  // namespace roomkey::handlers
