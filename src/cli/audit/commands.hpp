// `roomkey audit list, verify, export and prune`. A field that was not given is empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/session.hpp"

namespace roomkey::cli::audit {

struct Filter {
  std::optional<std::int64_t> user_id, appointment_id;
  // A time with offset, or a day (UTC), which is meant whole; empty: no limit.
  std::string since, until;
};
int list(Session& session, const Filter& fields);
// Besides the chain, the MACs under ROOMKEY_AUDIT_KEY and the keys before it, in files.
struct VerifyFields {
  std::vector<std::string> old_keys;
  std::string against;  // a file with a witness's lines
};
int verify(Session& session, const VerifyFields& fields);

// Tells the witness in ROOMKEY_AUDIT_SINK of the audit's last event, where it does not know it.
int witness(Session& session);

// For an auditor: with the hash of each event, as CSV (RFC 4180) or one JSON object a line. Into a
// file that must not be there yet, mode 0600, or to standard output.
struct ExportFields {
  std::string format;  // "csv" or "jsonl"; empty: as --json has it
  std::string file;    // empty: standard output
};
int export_events(Session& session, const Filter& filter, const ExportFields& fields);

// Retention: removes what is older (store/retention.hpp), or says what that would be.
struct PruneFields {
  std::string before;  // a time or a day; or else keep_days
  std::int64_t keep_days = 0;
  std::string by, reason;  // by: empty for the operating system's user
  bool dry_run = false;
};
int prune(Session& session, const PruneFields& fields);

}  // namespace roomkey::cli::audit
