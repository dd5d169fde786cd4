// Refusals that repeat themselves, so that nobody fills the audit by asking in vain: the first is
// an event at once, and those like it within a minute are counted and become one event together.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "roomkey/store/audit.hpp"

namespace roomkey::handlers {

class Refusals {
 public:
  static constexpr std::chrono::seconds kApart{60};
  // How many kinds of refusals are watched for their like; those beyond are events each.
  static constexpr std::size_t kMost = 4096;

  // Commits the event, or counts it where one of the same user, appointment, action and reason was
  // committed within the minute. An event that was not committed has not been: the next is the
  // first.
  void note(store::Database& database, const store::AuditEvent& refusal);

  // Between these two, a transaction of others holds what is noted; what was not kept is forgotten.
  void begin() { undo_.emplace(); }
  void end(bool kept);

  // When there is something to commit(), or to forget.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> due() const;
  // Commits what was counted and is due by `now`, each kind as one event: that of its last, with
  // how many there were: "removed (57 more)". Throws Unavailable, with nothing lost.
  void commit(store::Database& database, std::chrono::sys_seconds now);
  // The same of all, due or not.
  void commit_all(store::Database& database);

 private:
  using Kind = std::tuple<std::int64_t, std::int64_t, std::string, std::string>;
  struct Seen {
    std::chrono::sys_seconds since{};
    std::int64_t more = 0;
    store::AuditEvent last = {};  // of those
  };
  using All = std::map<Kind, Seen>;

  void remember(const Kind& kind);
  void commit_of(store::Database& database, const std::vector<All::iterator>& due);

  All all_;
  std::optional<std::chrono::sys_seconds> first_;  // the earliest `since`, or one before it
  std::optional<std::vector<std::pair<Kind, std::optional<Seen>>>> undo_;
};

}  // namespace roomkey::handlers
