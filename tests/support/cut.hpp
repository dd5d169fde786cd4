// An audit whose front was cut off.
#pragma once

#include "roomkey/store/retention.hpp"
#include "support/store.hpp"

namespace roomkey::test {

inline constexpr auto kNow = kNine + 1000 * 24h;

inline store::SignOff sign_off(std::chrono::sys_seconds at = kNow) {
  return {"Ada Admin", "policy: \"ten\" years", at};
}

inline void append_days(store::Database& database, const std::vector<int>& days) {
  for (const int day : days) store::append_audit(database, event_at(kNine + day * 24h));
}

inline std::string ids_of(store::Database& database) {
  std::string text;
  for (const auto& event : audit_of(database)) text += std::to_string(event.id) + ' ';
  return text;
}

// Events 1 to 5 of the days 0 to 4, of which 1 to 3 were cut; event 6 tells of it.
template <typename Store>
struct Cut : Store {
  Cut() {
    append_days(this->database, {0, 1, 2, 3, 4});
    store::prune(this->database, kNine + 3 * 24h, sign_off());
  }
};

}  // namespace roomkey::test
