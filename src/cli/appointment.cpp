#include <iostream>
#include <sstream>

#include "cli/commands.hpp"
#include "roomkey/access/decide.hpp"
#include "roomkey/access/record.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/users.hpp"

namespace roomkey::cli {

namespace {

// With the users who were put out of the room, where there are any; else as an import takes it.
std::string json_of(const access::Appointment& appointment) {
  std::string record = access::to_json(appointment);
  if (appointment.removed.empty()) return record;
  base::JsonArray removed;
  for (const std::int64_t id : appointment.removed) removed.add_raw(std::to_string(id));
  record.pop_back();
  return record + ",\"removed\":" + removed.text() + '}';
}

std::string line_of(const access::Appointment& appointment) {
  std::ostringstream line;
  line << appointment.id << '\t' << base::format_utc(appointment.starts_at) << '\t'
       << appointment.duration.count() << " min\t" << access::word(appointment.status) << '\t'
       << access::word(appointment.session_type) << "\tpatient " << appointment.patient_id
       << "\tpsychologist " << appointment.psychologist_id << '\t'
       << (appointment.room ? appointment.room->name : "no room");
  for (const std::int64_t id : appointment.removed) line << "\tremoved " << id;
  return line.str();
}

// As it can be imported again.
void print(const Session& session, const access::Appointment& appointment) {
  std::cout << (session.json ? access::to_json(appointment) : line_of(appointment)) << '\n';
}

Json::Value changed(Json::Value record, const AppointmentFields& fields) {
  if (fields.patient_id) record["patient_id"] = Json::Int64{*fields.patient_id};
  if (fields.psychologist_id) record["psychologist_id"] = Json::Int64{*fields.psychologist_id};
  if (fields.date) record["appointment_date"] = *fields.date;
  if (fields.duration_minutes) record["duration_minutes"] = Json::Int64{*fields.duration_minutes};
  if (fields.status) record["status"] = *fields.status;
  if (fields.session_type) record["session_type"] = *fields.session_type;
  if (fields.room) record["video_room_id"] = *fields.room;
  if (fields.room) record.removeMember("video_provider");  // the old room's
  if (fields.room && fields.provider) record["video_provider"] = *fields.provider;
  return record;
}

// What is in the store now, with the room that it is to have.
access::Appointment with_room(store::Transaction& transaction, Session& session, std::int64_t id,
                              const AppointmentFields& fields) {
  const auto stored = [&] { return store::find_appointment(session.database, id).value(); };
  const bool moved =
      fields.provider && !fields.room && move_room(transaction, session, id, *fields.provider);
  if (!moved) give_booked_room(transaction, session, stored());
  return stored();
}

}  // namespace

int appointment_list(Session& session) {
  session.database.ready();
  store::each_appointment(session.database,
                          [&](const access::Appointment& one) { print(session, one); });
  return kDone;
}

int appointment_show(Session& session, std::int64_t id) {
  session.database.ready();
  const auto appointment = store::find_appointment(session.database, id);
  if (!appointment) return fail(kFailed, "there is no appointment " + std::to_string(id));
  std::cout << (session.json ? json_of(*appointment) : line_of(*appointment)) << '\n';
  return kDone;
}

int appointment_set(Session& session, std::int64_t id, const AppointmentFields& fields) {
  if (fields.provider) {
    if (const int refused = refuse_provider(session, *fields.provider)) return refused;
  }
  session.database.ready();
  store::Transaction transaction(session.database);
  const auto before = store::find_appointment(session.database, id);
  Json::Value record = before ? base::parse_json_object(access::to_json(*before)).value()
                              : Json::Value(Json::objectValue);
  record["id"] = Json::Int64{id};
  access::Appointment appointment;
  auto faults = access::read_appointment(changed(record, fields), appointment);
  if (faults.empty() && fields.provider && !access::takes_room(appointment)) {
    faults = {{"video_provider", "is of an open telehealth appointment"}};
  }
  if (faults.empty()) faults = conflicts(session, appointment);
  if (!faults.empty()) return say_faults(faults);
  if (appointment.room) appointment.room->created_at = session.now;
  store::put_appointment(transaction, session.database, appointment);
  const auto stored = with_room(transaction, session, id, fields);
  if (fields.room && (!stored.room || stored.room->name != *fields.room)) {
    return fail(kUsage, "video_room_id: is a name that this appointment has given up",
                "no name is used twice: choose another, or leave --room out");
  }
  append_change(transaction, session, "appointment_set", id, access::to_json(stored));
  transaction.commit();
  print(session, stored);
  return kDone;
}

}  // namespace roomkey::cli
