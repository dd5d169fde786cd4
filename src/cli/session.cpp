#include "cli/session.hpp"

#include <iostream>

#include "roomkey/provider/all.hpp"
#include "roomkey/store/appointments.hpp"

namespace roomkey::cli {

int fail(int status, std::string_view error, std::string_view hint) {
  std::cerr << "roomkey: error: " << error << '\n';
  if (!hint.empty()) std::cerr << "roomkey: hint: " << hint << '\n';
  return status;
}

int say_faults(const std::vector<access::FieldFault>& faults) {
  for (const auto& fault : faults) fail(kUsage, fault.field + ": " + fault.why);
  return kUsage;
}

store::AuditEvent change_event(const Session& session, std::string_view action,
                               std::optional<std::int64_t> appointment_id, std::string_view what) {
  return {.at = session.now,
          .request_id = "cli",
          .appointment_id = appointment_id,
          .action = std::string(action),
          .outcome = store::Outcome::changed,
          .reason = std::string(what)};
}

void append_change(store::Transaction& transaction, Session& session, std::string_view action,
                   std::optional<std::int64_t> appointment_id, std::string_view what) {
  store::append_audit(transaction, session.database,
                      change_event(session, action, appointment_id, what));
}

namespace {

// `before`: the appointment in the store, or null.
std::vector<access::FieldFault> with_providers(std::vector<access::FieldFault> faults,
                                               const Session& session,
                                               const access::Appointment& appointment,
                                               const access::Appointment* before) {
  if (!appointment.room) return faults;
  const access::Room& room = *appointment.room;
  const auto* const kind =
      provider::named(room.provider.empty() ? session.config.store.room_provider : room.provider);
  if (kind == nullptr && !room.provider.empty()) {
    faults.push_back({"video_provider", "must be one of " + provider::names()});
  } else if (const auto why = kind == nullptr ? "" : kind->wrong_room(room.name); !why.empty()) {
    const bool stays = before != nullptr && before->room && before->room->name == room.name;
    if (!stays) faults.push_back({"video_room_id", why});
  }
  return faults;
}

}  // namespace

std::vector<access::FieldFault> conflicts(Session& session,
                                          const access::Appointment& appointment) {
  const auto before = store::find_appointment(session.database, appointment.id);
  return with_providers(store::conflicts(session.database, appointment), session, appointment,
                        before ? &*before : nullptr);
}

std::vector<access::FieldFault> conflicts(const Session& session, store::Ahead& ahead,
                                          const access::Appointment& appointment) {
  return with_providers(ahead.conflicts(appointment), session, appointment,
                        ahead.appointment(appointment.id));
}

int refuse_provider(const Session& session, const std::string& name) {
  const auto* const kind = provider::named(name);
  if (kind == nullptr) {
    return fail(kUsage, name + " is no provider", "there are " + provider::names());
  }
  const auto made = kind->make(session.config);
  if (made->fault().empty()) return kDone;
  return fail(kFailed, made->fault(), "nothing was moved: nobody could get in at " + name);
}

bool move_room(store::Transaction& transaction, Session& session, std::int64_t appointment_id,
               const std::string& provider) {
  return store::move_room(transaction, session.database, appointment_id, provider,
                          change_event(session, "video_provider", appointment_id, ""))
      .made;
}

namespace {

// Nothing where the appointment gets no room by being booked.
std::optional<store::AuditEvent> room_event(const Session& session,
                                            const access::Appointment& appointment) {
  if (session.config.rooms == access::Rooms::asked || !access::takes_room(appointment)) {
    return std::nullopt;
  }
  auto event = change_event(session, "video_room", appointment.id, "");
  event.outcome = store::Outcome::granted;
  event.reason.reset();
  return event;
}

}  // namespace

bool give_booked_room(store::Transaction&, Session& session,
                      const access::Appointment& appointment) {
  const auto event = room_event(session, appointment);
  return event && store::give_room(session.database, appointment.id, *event).made;
}

void give_booked_room(const Session& session, store::Ahead& ahead,
                      const access::Appointment& appointment) {
  if (const auto event = room_event(session, appointment)) ahead.give_room(appointment.id, *event);
}

}  // namespace roomkey::cli
