#include <iostream>

#include "cli/commands.hpp"
#include "cli/evict.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/unseen.hpp"
#include "roomkey/base/words.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/guests.hpp"

namespace roomkey::cli {

namespace {

std::string used_at(const access::Guest& guest) {
  return guest.last_used_at ? base::format_utc(*guest.last_used_at) : "never";
}

base::JsonObject json_of(const access::Guest& guest, std::chrono::sys_seconds now) {
  base::JsonObject json;
  json.add("guest_id", guest.id)
      .add("name", guest.name)
      .add("kind", access::word(guest.kind))
      .add("state", access::state_of(guest, now))
      .add("expires_at", base::format_utc(guest.expires_at))
      .add("last_used_at", base::format_utc(guest.last_used_at));
  return json;
}

std::string line_of(const access::Guest& guest, std::chrono::sys_seconds now) {
  std::string line = std::to_string(guest.id) + '\t' + base::plain(guest.name);
  line.append("\t").append(access::word(guest.kind));
  line.append("\t").append(access::state_of(guest, now));
  return line + "\tuntil " + base::format_utc(guest.expires_at) + "\tused " + used_at(guest);
}

int no_appointment(std::int64_t id) {
  return fail(kFailed, "there is no appointment " + std::to_string(id));
}

// The guest that `fields` describe; nothing, with what is wrong said, where they don't.
std::optional<access::Guest> described(const GuestFields& fields,
                                       const access::Appointment& appointment,
                                       std::chrono::sys_seconds now) {
  access::Guest guest{.appointment_id = appointment.id,
                      .name = std::string(base::trimmed(fields.name)),
                      .expires_at = appointment.ends_at() + access::kGuestStays};
  std::vector<access::FieldFault> faults;
  if (auto why = access::guest_name_fault(guest.name); !why.empty()) {
    faults.push_back({"--name", std::move(why)});
  }
  const auto kind = access::parse_guest_kind(fields.kind);
  if (!kind) faults.push_back({"--kind", "must be interpreter, relative, supervisor or other"});
  guest.kind = kind.value_or(access::GuestKind::other);
  if (fields.expires) {
    const auto until = base::parse_utc(*fields.expires);
    if (!until || *until <= now) {
      faults.push_back({"--expires", "must be a time to come, such as 2025-11-16T14:00:00Z"});
    }
    guest.expires_at = until.value_or(now);
  }
  if (faults.empty()) return guest;
  static_cast<void>(say_faults(faults));
  return std::nullopt;
}

void say(const Session& session, const store::Invited& invited) {
  const auto link = access::guest_link(session.config.frontend_url, invited.code);
  if (session.json) {
    std::cout
        << json_of(invited.guest, session.now).add("code", invited.code).add("link", link).text()
        << '\n';
    return;
  }
  std::cout << line_of(invited.guest, session.now) << '\n' << (link ? *link : invited.code) << '\n';
}

}  // namespace

int guest_list(Session& session, std::int64_t appointment_id) {
  session.database.ready();
  if (!store::find_appointment(session.database, appointment_id)) {
    return no_appointment(appointment_id);
  }
  for (const auto& one : store::guests_of(session.database, appointment_id)) {
    if (session.json) {
      std::cout << json_of(one, session.now).text() << '\n';
    } else {
      std::cout << line_of(one, session.now) << '\n';
    }
  }
  return kDone;
}

int guest_add(Session& session, std::int64_t appointment_id, const GuestFields& fields) {
  session.database.ready();
  store::Transaction transaction(session.database);
  const auto appointment = store::find_appointment(session.database, appointment_id);
  if (!appointment) return no_appointment(appointment_id);
  if (!access::takes_room(*appointment)) {
    return fail(kFailed, "appointment " + std::to_string(appointment_id) +
                             " is closed, or not by video: nobody can come to it");
  }
  auto guest = described(fields, *appointment, session.now);
  if (!guest) return kUsage;
  const auto invited =
      store::invite_guest(transaction, session.database, std::move(*guest), session.now);
  if (!invited) {
    return fail(kFailed,
                "appointment " + std::to_string(appointment_id) + " has " +
                    std::to_string(access::kMostGuests) + " guests already",
                "revoke one first: roomkey guest revoke GUEST_ID");
  }
  append_change(transaction, session, "guest_add", appointment_id,
                "guest " + std::to_string(invited->guest.id));
  transaction.commit();
  say(session, *invited);
  return kDone;
}

int guest_revoke(Session& session, std::int64_t guest_id) {
  session.database.ready();
  store::Transaction transaction(session.database);
  auto guest = store::find_guest(session.database, guest_id);
  if (!guest) return fail(kFailed, "there is no guest " + std::to_string(guest_id));
  if (store::revoke_guest(transaction, session.database, guest_id)) {
    append_change(transaction, session, "guest_revoke", guest->appointment_id,
                  "guest " + std::to_string(guest_id));
    const auto appointment = store::find_appointment(session.database, guest->appointment_id);
    if (guest->last_used_at && appointment && appointment->room) {
      put_off(transaction, session, *appointment,
              session.config.store.identities.of_guest(appointment->id, guest_id));
    }
  }
  transaction.commit();
  guest->revoked = true;
  if (session.json) {
    std::cout << json_of(*guest, session.now).text() << '\n';
  } else {
    std::cout << line_of(*guest, session.now) << '\n';
  }
  return kDone;
}

}  // namespace roomkey::cli
