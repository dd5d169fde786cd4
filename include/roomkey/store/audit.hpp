// Who was given what, when: append-only and chained.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "roomkey/store/database.hpp"

namespace roomkey::store {

enum class Outcome { granted, refused, changed };
[[nodiscard]] std::string_view word(Outcome outcome);

struct AuditEvent {
  std::int64_t id = 0;  // given by the store
  std::chrono::sys_seconds at{};
  std::string request_id;
  std::optional<std::int64_t> user_id;
  std::optional<std::int64_t> appointment_id;
  std::string action;  // the route's name, or what an administrator did
  Outcome outcome = Outcome::refused;
  std::optional<std::string> reason;
  std::optional<std::chrono::sys_seconds> expires_at;
};

// Committed when this returns.
void append_audit(Database& database, const AuditEvent& event);
// As part of the open transaction.
void append_audit(Transaction& transaction, Database& database, const AuditEvent& event);

struct AuditFilter {
  std::optional<std::int64_t> user_id;
  std::optional<std::int64_t> appointment_id;
  std::optional<std::chrono::sys_seconds> since;
};

// Oldest first.
void each_audit_event(Database& database, const AuditFilter& filter,
                      const std::function<void(const AuditEvent&)>& use);

// The last event's id and, in hexadecimal, hash.
struct AuditHead {
  std::int64_t id = 0;
  std::string hash;
};
[[nodiscard]] AuditHead audit_head(Database& database);

struct AuditVerdict {
  std::int64_t events = 0;
  std::string head;   // the last event's hash in hexadecimal: noted elsewhere, it pins the chain
  std::string fault;  // what does not hold, naming the event; empty where all holds
};

// Walks the whole chain in one read transaction.
[[nodiscard]] AuditVerdict verify_audit(Database& database);

}  // namespace roomkey::store
