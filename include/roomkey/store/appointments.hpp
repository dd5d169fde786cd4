#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/access/appointment.hpp"
#include "roomkey/access/record.hpp"
#include "roomkey/store/audit.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::store {

// With its room, where it has one.
[[nodiscard]] std::optional<access::Appointment> find_appointment(Database& database,
                                                                  std::int64_t id);
// As expect_user().
void expect_appointment(Database& database, std::int64_t id);
[[nodiscard]] std::optional<access::Appointment> find_appointment_by_room(Database& database,
                                                                          std::string_view name);

// Whether that is the room of that appointment now.
[[nodiscard]] bool has_room(Database& database, std::int64_t appointment_id, std::string_view name);

// What keeps the appointment out of the store: a user that is not there, a room that another
// appointment has or had.
[[nodiscard]] std::vector<access::FieldFault> conflicts(Database& database,
                                                        const access::Appointment& appointment);

// Makes or changes the appointment with that id; true where it was made. The room that it has
// stays, unless `appointment` names another. std::logic_error where it has conflicts(). Part of the
// open transaction.
//
// Where its patient or psychologist changes, or `appointment` names another room, it gives up the
// room that it has, since there may still be tokens for it, and what is known of who was there. No
// appointment gets a room of that name again: where `appointment` names such a one, that is passed
// over. That room, and that of an appointment which closes, is to end (evictions.hpp).
bool put_appointment(Transaction& transaction, Database& database,
                     const access::Appointment& appointment);

// By id.
void each_appointment(Database& database,
                      const std::function<void(const access::Appointment&)>& use);

// Those of the user's appointments that are open and have a room, the nearest to `now` by their
// start first, until `use` says false; kMostLookedAt at most. Of `starts` those alone that start
// between its times.
inline constexpr int kMostLookedAt = 200;
void each_open_appointment(Database& database, std::int64_t user_id, std::chrono::sys_seconds now,
                           const base::Window& starts,
                           const std::function<bool(const access::Appointment&)>& use);

struct GivenRoom {
  access::Room room;
  bool made = false;
};

// The appointment's room: the one it has, or else one of a new name, together with `event`, whose
// time it has: apt-<id>-<unix seconds>-<8 random hex digits>. However many ask at once, over
// however many processes, one room comes of it. Part of the open transaction, where there is one.
GivenRoom give_room(Database& database, std::int64_t appointment_id, const AuditEvent& event);

// Has the appointment go on at that provider: it gives up the room that it has, as above, and gets
// one of a new name, together with `event`, which then tells from where to where. Where its room is
// there already nothing changes. Part of the open transaction.
GivenRoom move_room(Transaction& transaction, Database& database, std::int64_t appointment_id,
                    const std::string& provider, AuditEvent event);

// Of the open appointments those whose room is at another provider than that one, and at `from`
// where that is not empty: the first `most`, by id.
[[nodiscard]] std::vector<std::int64_t> open_rooms_elsewhere(Database& database,
                                                             std::string_view provider,
                                                             std::string_view from, int most);

// How many open appointments have their room at each provider.
[[nodiscard]] std::map<std::string, std::int64_t> count_open_rooms(Database& database);

// Has the appointment go on in a room of a new name, at the same provider: the one that it has is
// given up, and ends. Nothing where it has none.
void renew_room(Transaction& transaction, Database& database, std::int64_t appointment_id,
                std::chrono::sys_seconds now);

// Puts a user out of the appointment's room and lets them in again. True where that is new. What
// the psychologist did becomes the office's where the office does it too, and never the other way.
// All of them must be there.
bool remove_user(Transaction& transaction, Database& database, std::int64_t appointment_id,
                 const access::Removal& removal, std::chrono::sys_seconds at);
bool readmit_user(Transaction& transaction, Database& database, std::int64_t appointment_id,
                  std::int64_t user_id);
// Nothing where they were not removed.
[[nodiscard]] std::optional<access::Removal> find_removal(Database& database,
                                                          std::int64_t appointment_id,
                                                          std::int64_t user_id);

}  // namespace roomkey::store
