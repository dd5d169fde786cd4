#include "roomkey/handlers/refusals.hpp"

#include <algorithm>

namespace roomkey::handlers {

void Refusals::note(store::Database& database, const store::AuditEvent& refusal) {
  const Kind kind{refusal.user_id.value_or(0), refusal.appointment_id.value_or(0), refusal.action,
                  refusal.reason.value_or("")};
  if (const auto seen = all_.find(kind); seen != all_.end()) {
    remember(kind);
    ++seen->second.more;
    seen->second.last = refusal;
    return;
  }
  store::append_audit(database, refusal);
  if (all_.size() >= kMost) return;
  remember(kind);
  all_.emplace(kind, Seen{refusal.at});
  first_ = std::min(first_.value_or(refusal.at), refusal.at);
}

void Refusals::remember(const Kind& kind) {
  if (!undo_) return;
  const auto seen = all_.find(kind);
  undo_->emplace_back(kind, seen == all_.end() ? std::nullopt : std::optional(seen->second));
}

void Refusals::end(bool kept) {
  if (!kept && undo_) {
    for (auto before = undo_->rbegin(); before != undo_->rend(); ++before) {
      const auto& [kind, seen] = *before;
      if (seen) {
        all_[kind] = *seen;
      } else {
        all_.erase(kind);
      }
    }
  }
  undo_.reset();
}

std::optional<std::chrono::sys_seconds> Refusals::due() const {
  return first_ ? std::optional(*first_ + kApart) : std::nullopt;
}

void Refusals::commit_of(store::Database& database, const std::vector<All::iterator>& due) {
  const bool any =
      std::any_of(due.begin(), due.end(), [](const auto& one) { return one->second.more > 0; });
  if (!any) return;
  database.ready();
  store::Transaction transaction(database);
  for (const auto& one : due) {
    const auto& [since, more, last] = one->second;
    if (more == 0) continue;
    store::AuditEvent event = last;
    event.reason = event.reason.value_or("") + " (" + std::to_string(more) + " more)";
    store::append_audit(transaction, database, event);
  }
  transaction.commit();
}

void Refusals::commit(store::Database& database, std::chrono::sys_seconds now) {
  // A clock that was set back makes it due as well: it would be so for long.
  if (!first_ || (now < *first_ + kApart && now >= *first_)) return;
  std::vector<All::iterator> due;
  for (auto one = all_.begin(); one != all_.end(); ++one) {
    const auto since = one->second.since;
    if (now >= since + kApart || now < since) due.push_back(one);
  }
  commit_of(database, due);
  for (const auto& one : due) {
    // Whoever goes on is counted on; whoever stopped is somebody new the next time.
    if (one->second.more > 0) {
      one->second = Seen{now};
    } else {
      all_.erase(one);
    }
  }
  first_.reset();
  for (const auto& [kind, seen] : all_) first_ = std::min(first_.value_or(seen.since), seen.since);
}

void Refusals::commit_all(store::Database& database) {
  std::vector<All::iterator> every;
  for (auto one = all_.begin(); one != all_.end(); ++one) every.push_back(one);
  commit_of(database, every);
  all_.clear();
  first_.reset();
}

}  // namespace roomkey::handlers
