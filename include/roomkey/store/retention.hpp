// Removing what is older than the clinic's policy keeps: events from the front of the audit, and
// what happened in rooms. The audit's chain stays verifiable: each removal is a cut (audit.hpp)
// that an event of the chain tells of.
#pragma once

#include <string>

#include "roomkey/store/audit.hpp"

namespace roomkey::store {

// What is younger is never removed: tokens, callbacks and restores may still need it.
inline constexpr std::chrono::hours kLeastKept{30 * 24};

struct Prunable {
  std::int64_t events = 0;      // of the audit
  std::int64_t last_event = 0;  // the last of them
  std::int64_t sessions = 0;    // of rooms, each with its events
  std::int64_t room_events = 0;
  std::int64_t answers = 0;  // of the provider
  std::int64_t guests = 0;
  std::int64_t visitors = 0;  // of doors

  [[nodiscard]] bool of_rooms() const { return sessions + answers + guests + visitors > 0; }
};

// What is older than `before`: events, as far as no younger one stands between them; and what
// happened in the rooms and at the doors of appointments that had ended by then. Who was removed
// from one, or denied, stays so: it can be opened again.
[[nodiscard]] Prunable prunable(Database& database, std::chrono::sys_seconds before);

struct SignOff {
  std::string by;      // who
  std::string reason;  // why; neither may be empty
  std::chrono::sys_seconds at{};
};

// Removes it, in small steps that workers can get in between, and the content from the file's
// pages. What is to be removed is committed first, as audit events `audit_prune` (with its cut) and
// `room_prune`; what a call before had to leave undone is done as well. Returns what was removed.
// Unavailable where the audit does not hold: what shows that must not go.
Prunable prune(Database& database, std::chrono::sys_seconds before, const SignOff& sign_off);

}  // namespace roomkey::store
