// The subcommands. A field that wasn't given is empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "roomkey/cli/session.hpp"

namespace roomkey::cli {

int db_migrate(Session& session);
int db_verify(Session& session);
// To a file, or under a dated name into a folder (one that is there, or is named with a final `/`
// or `keep`), of which then only the newest `keep` stay.
int db_backup(Session& session, const std::string& target, std::optional<std::int64_t> keep);
int db_restore(Session& session, const std::string& file);

// Users and appointments of all the files together (import.hpp; `-`: standard input): all or
// nothing, faults with their places. With dry_run nothing is changed.
int import_files(Session& session, const std::vector<std::string>& files, bool dry_run);

struct UserFields {
  std::optional<std::string> email, name, role;
  std::optional<bool> active;
};
int user_list(Session& session);
int user_show(Session& session, std::int64_t id);
int user_set(Session& session, std::int64_t id, const UserFields& fields);

struct AppointmentFields {
  std::optional<std::int64_t> patient_id, psychologist_id, duration_minutes;
  std::optional<std::string> date, status, session_type, room;
};
int appointment_list(Session& session);
int appointment_show(Session& session, std::int64_t id);
int appointment_set(Session& session, std::int64_t id, const AppointmentFields& fields);

// Its audit event is committed before the token is shown. Without a store there is no event.
int bearer(Session& session, std::int64_t user_id, std::chrono::minutes validity);

// What a token says and what is wrong with it; `-` reads it from standard input. kFailed where it
// has a fault.
int inspect_token(Session& session, const std::string& token);

struct CheckFields {
  bool offline = false;
  bool configuration = false;  // only what would make every token impossible
  std::string nginx_site;      // empty: the installed one
  std::string env_file;        // that was read; empty: none was
};
// Every check of the installation; the one command that runs in spite of Session::faults. kFailed
// where there is an error.
int check(Session& session, const CheckFields& fields);

struct AuditFields {
  std::optional<std::int64_t> user_id, appointment_id;
  // A time with offset, or a day (UTC), which is meant whole; empty: no limit.
  std::string since, until;
};
int audit_list(Session& session, const AuditFields& fields);
int audit_verify(Session& session);

// For an auditor: with the hash of each event, as CSV (RFC 4180) or one JSON object a line. Into a
// file that must not be there yet, mode 0600, or to standard output.
struct ExportFields {
  std::string format;  // "csv" or "jsonl"; empty: as --json has it
  std::string file;    // empty: standard output
};
int audit_export(Session& session, const AuditFields& filter, const ExportFields& fields);

// Retention: removes what is older (store/retention.hpp), or says what that would be.
struct PruneFields {
  std::string before;  // a time or a day; or else keep_days
  std::int64_t keep_days = 0;
  std::string by, reason;  // by: empty for the operating system's user
  bool dry_run = false;
};
int audit_prune(Session& session, const PruneFields& fields);

}  // namespace roomkey::cli
