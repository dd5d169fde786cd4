#include "roomkey/handlers/events.hpp"

#include "handlers/evict.hpp"
#include "roomkey/access/decide.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/provider/events.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/audit.hpp"
#include "roomkey/store/rooms.hpp"

namespace roomkey::handlers {

namespace {

// Whether both are or were in the room.
bool were_there(const access::RoomSession& session, const access::Appointment& appointment,
                const access::Identities& identities) {
  bool patient = false, psychologist = false;
  for (const access::Participant& one : session.participants) {
    const auto user_id = identities.user_of(appointment, one.identity);
    patient = patient || user_id == appointment.patient_id;
    psychologist = psychologist || user_id == appointment.psychologist_id;
  }
  return patient && psychologist;
}

// An appointment that took place: its room has ended and both were in it.
void complete(store::Transaction& transaction, store::Database& database, const http::Call& call,
              access::Appointment appointment, const std::string& sid) {
  const auto session = store::latest_room_session(database, appointment.id);
  if (!access::is_open(appointment.status) || !session || session->sid != sid) return;
  if (session->status != access::SessionStatus::completed) return;
  if (!were_there(*session, appointment, database.settings().identities)) return;
  appointment.status = access::Status::completed;
  store::put_appointment(transaction, database, appointment);
  store::append_audit(transaction, database,
                      {.at = call.now,
                       .request_id = std::string(call.request.request_id),
                       .appointment_id = appointment.id,
                       .action = "room_ended",
                       .outcome = store::Outcome::changed});
}

// The appointment that it is about, where there is one.
std::optional<access::Appointment> keep(const provider::Told& told, http::Call& call,
                                        store::Database& database, AtRoomEnd at_room_end) {
  database.ready();
  store::Transaction transaction(database);
  auto appointment = store::find_appointment_by_room(database, told.room_name);
  if (!appointment) return std::nullopt;
  call.id = appointment->id;
  const bool made = store::put_room_event(transaction, database, appointment->id, told.room_sid,
                                          told.sequence, told.room_event);
  // Not for what was told before: the office may have opened the appointment again.
  if (made && at_room_end == AtRoomEnd::complete) {
    complete(transaction, database, call, *appointment, told.room_sid);
  }
  transaction.commit();
  return appointment;
}

// A token from before stays good at the provider, so who was put out may come in again.
void keep_out(const access::Appointment& appointment, const http::Call& call,
              store::Database& database, provider::Rooms& rooms) {
  auto session = store::latest_room_session(database, appointment.id);
  if (!session) return;
  static_cast<void>(put_out_unwelcome(database, rooms, appointment, *session, call.now));
}

// The same of a room that its appointment has given up.
void end_former(const std::string& room, http::Call& call, store::Database& database,
                provider::Provider& provider) {
  const auto owner = store::former_owner(database, room);
  if (!owner) return;
  call.id = *owner;
  const store::Eviction eviction{room, "", std::string(provider.name()), *owner,
                                 call.now + store::kEvictionLease};
  store::Transaction transaction(database);
  store::put_eviction(transaction, database, eviction);
  transaction.commit();
  static_cast<void>(carry_out(database, *provider.rooms(), eviction, call.now));
}

bool tells_of_one_who_came(const provider::Told& told) {
  return told.room_event && told.room_event->kind == access::RoomEventKind::participant_connected;
}

}  // namespace

base::Result<http::Response> provider_event(http::Call& call, store::Database& database,
                                            provider::Provider& provider, AtRoomEnd at_room_end) {
  const auto told =
      provider.events()->read({call.body, call.request.content_type, call.request.header});
  if (!told) return told.error();
  std::optional<access::Appointment> appointment;
  if (told->sequence >= 0) appointment = keep(*told, call, database, at_room_end);
  if (tells_of_one_who_came(*told) && provider.rooms() != nullptr) {
    if (appointment) {
      keep_out(*appointment, call, database, *provider.rooms());
    } else {
      end_former(told->room_name, call, database, provider);
    }
  }
  base::JsonObject body;
  body.add("status", "received")
      .add("event", told->event)
      .add("room", told->room_name)
      .add("timestamp", told->timestamp);
  return http::Response{200, body.text()};
}

}  // namespace roomkey::handlers
