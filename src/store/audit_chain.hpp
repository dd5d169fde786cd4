// How the audit's events and cuts are read and hashed. Private to this room.
#pragma once

#include <optional>
#include <string>

#include "roomkey/base/clock.hpp"
#include "roomkey/store/audit.hpp"
#include "store/query.hpp"

namespace roomkey::store {

inline constexpr int kSchemaWithMacs = 7;
inline constexpr std::string_view kPruneAction = "audit_prune";

[[nodiscard]] inline std::optional<std::int64_t> seconds(
    const std::optional<std::chrono::sys_seconds>& time) {
  return time ? std::optional(base::unix_seconds(*time)) : std::nullopt;
}

// SHA-256 over the hash before and the fields of the event, or of the cut; docs/architecture.md
// says how they are written.
[[nodiscard]] std::string chained_hash(const std::string& previous, const AuditEvent& event);
[[nodiscard]] std::string chained_hash(const std::string& previous, const AuditCut& cut);

// The hash before the first.
[[nodiscard]] inline std::string no_hash() { return std::string(32, '\0'); }

// The reason of the event that tells of a cut: JSON, which the table's trigger and verify_audit()
// look into.
[[nodiscard]] std::string testimony(const AuditCut& cut);

// Of a row as `SELECT * FROM audit` gives it. Nothing where its outcome is unknown.
[[nodiscard]] std::optional<AuditEvent> try_event_from(const Query& row);
// The same, and Unavailable instead of nothing.
[[nodiscard]] AuditEvent event_from(const Query& row);

struct ChainHead {
  std::int64_t id;
  std::string hash;
};

// With all events that the open transaction has.
[[nodiscard]] ChainHead read_head(Database& database);

// A new key is told of in the chain, under itself, before the first event that it is for, whose
// time and request this has. With the lock held.
void announce_key(Database& database, ChainHead& head, const AuditEvent& before);

// Those that the open transaction has and are not written yet.
void write_events(Database& database);
// What the audit's own rules say to them: Unavailable.
[[noreturn]] void refuse_event(const driver::BrokenRule& broken);

}  // namespace roomkey::store
