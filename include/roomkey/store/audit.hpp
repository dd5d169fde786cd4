// Who was given what, when: append-only and chained.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/store/database.hpp"

namespace roomkey::store {

enum class Outcome { granted, refused, changed };
[[nodiscard]] std::string_view word(Outcome outcome);

struct AuditEvent {
  std::int64_t id = 0;  // given by the store
  std::chrono::sys_seconds at{};
  std::string request_id;
  std::optional<std::int64_t> user_id = {};
  std::optional<std::int64_t> appointment_id = {};
  std::string action;  // the route's name, or what an administrator did
  Outcome outcome = Outcome::refused;
  std::optional<std::string> reason = {};
  std::optional<std::chrono::sys_seconds> expires_at = {};
  std::string hash = {};  // 32 bytes, of an event that was read
};

// Committed when this returns.
void append_audit(Database& database, const AuditEvent& event);
// As part of the open transaction.
void append_audit(Transaction& transaction, Database& database, const AuditEvent& event);

struct AuditFilter {
  std::optional<std::int64_t> user_id = {};
  std::optional<std::int64_t> appointment_id = {};
  std::optional<std::chrono::sys_seconds> since;
  std::optional<std::chrono::sys_seconds> until = {};  // this second included
};

// Oldest first, all of them as of one moment; no more than one is held in memory.
void each_audit_event(Database& database, const AuditFilter& filter,
                      const std::function<void(const AuditEvent&)>& use);

// The last event's id and, in hexadecimal, hash.
struct AuditHead {
  std::int64_t id = 0;
  std::string hash;
};
[[nodiscard]] AuditHead audit_head(Database& database);

// Where events were removed from the front (retention.hpp).
struct AuditCut {
  std::int64_t id = 0;  // 1, 2, ...
  std::chrono::sys_seconds at{};
  std::int64_t last_event = 0;
  std::string last_hash;    // 32 bytes: the audit begins with it as the hash before
  std::int64_t events = 0;  // how many were removed
  std::string signed_by;
  std::string reason;
  std::int64_t witness = 0;  // the event that tells of it
  std::string hash = {};     // 32 bytes
};

// By id.
[[nodiscard]] std::vector<AuditCut> audit_cuts(Database& database);

struct AuditVerdict {
  std::int64_t events = 0;
  std::string head;   // the last event's hash in hexadecimal: noted elsewhere, it pins the chain
  std::string fault;  // what does not hold, naming the event; empty where all holds
  std::vector<AuditCut> cuts = {};
};

// Walks the whole chain in one read transaction, from the last cut on. Every cut must be told of by
// an event of the chain (earlier ones by way of the last), and every such event must have its cut.
[[nodiscard]] AuditVerdict verify_audit(Database& database);

}  // namespace roomkey::store
