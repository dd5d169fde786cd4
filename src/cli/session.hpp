// `cli` owns the subcommands of `roomkey`: one file each, through the same store and access code as
// the worker. Data goes to standard output; `roomkey: error: ...` and `roomkey: hint: ...` to
// standard error. Each command returns the exit status.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/access/record.hpp"
#include "roomkey/config/config.hpp"
#include "roomkey/store/ahead.hpp"
#include "roomkey/store/audit.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;  // a check failed, or the thing asked for isn't there
inline constexpr int kUsage = 2;

// What every command is run with.
struct Session {
  config::Config config;
  bool json = false;
  store::Database database;
  std::chrono::sys_seconds now;
  const config::Environment& environment;  // what the configuration was read from
  const config::Faults& faults;            // of the configuration; empty but for `check`
};

// Says it in the CLI's voice and returns `status`.
int fail(int status, std::string_view error, std::string_view hint = "");

// Says each fault on a line; returns kUsage.
int say_faults(const std::vector<access::FieldFault>& faults);

// The event of what an administrator changed.
[[nodiscard]] store::AuditEvent change_event(const Session& session, std::string_view action,
                                             std::optional<std::int64_t> appointment_id,
                                             std::string_view what);

// The same in the store, as part of the transaction that changes it.
void append_change(store::Transaction& transaction, Session& session, std::string_view action,
                   std::optional<std::int64_t> appointment_id, std::string_view what);

// What keeps the appointment out of the store: store::conflicts(), a provider that is none, and a
// name that its provider has for no room, where it comes with this.
[[nodiscard]] std::vector<access::FieldFault> conflicts(Session& session,
                                                        const access::Appointment& appointment);
// The same of what is read ahead.
[[nodiscard]] std::vector<access::FieldFault> conflicts(const Session& session, store::Ahead& ahead,
                                                        const access::Appointment& appointment);

// Says why nobody can get in at a provider of that name, if so: there is none, or it is not
// configured. kDone where one can.
int refuse_provider(const Session& session, const std::string& name);

// store::move_room(), with its event. True where it moved.
bool move_room(store::Transaction& transaction, Session& session, std::int64_t appointment_id,
               const std::string& provider);

// With ROOMKEY_ROOMS=booked: gives the appointment, as it is in the store, the room that it takes
// (access::takes_room) and does not have. True where it got one.
bool give_booked_room(store::Transaction& transaction, Session& session,
                      const access::Appointment& appointment);
// The same of one that `ahead` has just made, without a room.
void give_booked_room(const Session& session, store::Ahead& ahead,
                      const access::Appointment& appointment);

}  // namespace roomkey::cli
