// The subcommands that are one file. A field that wasn't given is empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/session.hpp"

namespace roomkey::cli {

// `worker`: a role of the server's that is to work with the store; may be empty.
int db_migrate(Session& session, const std::string& worker);
int db_verify(Session& session);
// To a file, or under a dated name into a folder (one that is there, or is named with a final `/`
// or `keep`), of which then only the newest `keep` stay.
int db_backup(Session& session, const std::string& target, std::optional<std::int64_t> keep);
int db_restore(Session& session, const std::string& file);
// The whole store into an empty one, of whatever kind.
int db_copy(Session& session, const std::string& address);
// So many MiB of the disk, to be let go by the workers where it is full.
int db_reserve(Session& session, std::int64_t mebibytes);

struct UserFields {
  std::optional<std::string> email, name, role;
  std::optional<bool> active;
};
int user_list(Session& session);
int user_show(Session& session, std::int64_t id);
int user_set(Session& session, std::int64_t id, const UserFields& fields);

struct AppointmentFields {
  std::optional<std::int64_t> patient_id, psychologist_id, duration_minutes;
  std::optional<std::string> date, status, session_type, room, provider;
};
int appointment_list(Session& session);
int appointment_show(Session& session, std::int64_t id);
int appointment_set(Session& session, std::int64_t id, const AppointmentFields& fields);

// Who waits at its door, and who was let in or denied; and letting somebody in, or denying them, by
// a user's id.
int appointment_waiting(Session& session, std::int64_t id);
int appointment_admit(Session& session, std::int64_t id, const std::string& who);
int appointment_deny(Session& session, std::int64_t id, const std::string& who);

struct GuestFields {
  std::string name, kind = "other";
  std::optional<std::string> expires;
};
int guest_list(Session& session, std::int64_t appointment_id);
// Shows the code, or the link that holds it: nobody can have it again.
int guest_add(Session& session, std::int64_t appointment_id, const GuestFields& fields);
int guest_revoke(Session& session, std::int64_t guest_id);

struct ProviderMove {
  std::string to, from;  // names; from may be empty: whichever
  bool dry_run = false;
};
int provider_list(Session& session);
// All open appointments, one event each, some at a time: what was moved stays so where the rest
// can't be, and the command goes on from there.
int provider_move(Session& session, const ProviderMove& wanted);

// Its audit event is committed before the token is shown. Without a store there is no event.
int bearer(Session& session, std::int64_t user_id, std::chrono::minutes validity);

// Both paths are absolute.
struct DemoFields {
  std::string folder;  // the demo's own
  std::string source;  // this tree, with the templates and the web pages
  std::int64_t port = 0;
  std::vector<std::string> origins;
  bool no_rate_limit = false;
};
// nginx.conf and roomkey-site.conf and, where it is missing or due, what is in tls/ (which is
// there). No command for people.
int demo_files(Session& session, const DemoFields& demo);

}  // namespace roomkey::cli
