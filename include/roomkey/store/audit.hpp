// Who was given what, when: append-only and chained.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
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

// Committed when this returns. With Settings::audit_key it has a MAC, and where the event before
// has none under that key, an event `audit_key` that names the key comes first. Unavailable where
// the audit has MACs and there is no key.
void append_audit(Database& database, AuditEvent event);
// As part of the open transaction: its events are written together when it is committed,
void append_audit(Transaction& transaction, Database& database, AuditEvent event);
// or by this, for whoever wants to know before whether they can be.
void write_events(Transaction& transaction, Database& database);

// Whether nothing can be appended without Settings::audit_key: its last event has a MAC.
[[nodiscard]] bool audit_is_keyed(Database& database);

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

// The MACs beside the chain.
struct MacVerdict {
  std::int64_t first = 0;      // the first event that has one; 0: none
  std::int64_t right = 0;      // how many are right, under one of the keys
  std::int64_t unchecked = 0;  // and how many could not be checked: no key, or from before the key
  // Why the key in use proves nothing; empty where it does, or there is none.
  std::string doubt = {};
};

struct AuditVerdict {
  std::int64_t events = 0;
  std::string head;   // the last event's hash in hexadecimal: noted elsewhere, it pins the chain
  std::string fault;  // what does not hold, naming the event; empty where all holds
  std::vector<AuditCut> cuts = {};
  MacVerdict macs = {};
};

// Walks the whole chain in one read transaction, from the last cut on. Every cut must be told of by
// an event of the chain (earlier ones by way of the last), and every such event must have its cut.
// Each event after the first that has a MAC must have one; with Settings::audit_key, from the first
// one on that is right under it, each must be right under it or one of `old_keys`.
[[nodiscard]] AuditVerdict verify_audit(Database& database,
                                        std::span<const AuditKey> old_keys = {});

}  // namespace roomkey::store
