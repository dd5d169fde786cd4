#include <algorithm>
#include <set>

#include "roomkey/base/json.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/store/audit_key.hpp"
#include "store/audit_chain.hpp"

namespace roomkey::store {

namespace {

// The cuts' own chain.
std::string fault_of(const std::vector<AuditCut>& cuts) {
  std::string previous = no_hash();
  std::int64_t number = 0;
  for (const AuditCut& cut : cuts) {
    if (cut.id != ++number) return "cut " + std::to_string(number) + " is missing";
    previous = chained_hash(previous, cut);
    if (previous != cut.hash) return "cut " + std::to_string(number) + " was changed";
  }
  return "";
}

// The MACs, event by event.
class Macs {
 public:
  Macs(const AuditKey* key, std::span<const AuditKey> old_keys) : key_(key), old_keys_(old_keys) {}

  // What is wrong with the one of an event that holds otherwise.
  std::string take(const AuditEvent& event, const std::optional<std::string>& mac) {
    if (!mac) {
      return verdict_.first == 0 ? "" : "event " + std::to_string(event.id) + " has no MAC";
    }
    if (verdict_.first == 0) verdict_.first = event.id;
    const bool under_key = key_ != nullptr && key_->key.verify(event.hash, *mac);
    const bool right = under_key || std::any_of(old_keys_.begin(), old_keys_.end(), [&](auto& old) {
                         return old.key.verify(event.hash, *mac);
                       });
    if (!right && proven_) return "the MAC of event " + std::to_string(event.id) + " is not right";
    proven_ = proven_ || under_key;
    ++(right ? verdict_.right : verdict_.unchecked);
    return "";
  }

  [[nodiscard]] MacVerdict end(std::int64_t events) const {
    MacVerdict verdict = verdict_;
    if (key_ != nullptr && !proven_ && events > 0) {
      verdict.doubt = "no event has a MAC under ROOMKEY_AUDIT_KEY";
    }
    return verdict;
  }

 private:
  const AuditKey* key_;
  std::span<const AuditKey> old_keys_;
  MacVerdict verdict_;
  bool proven_ = false;  // from the first event on that is right under the key, all must be
};

// One walk over the chain, event by event in the order of their ids.
class Walk {
 public:
  Walk(std::vector<AuditCut> cuts, bool with_macs, Macs macs)
      : cuts_(std::move(cuts)), with_macs_(with_macs), macs_(std::move(macs)) {
    if (cuts_.empty()) return;
    previous_ = cuts_.back().last_hash;
    last_ = cuts_.back().last_event;
  }

  // What is wrong with the next event; empty where it holds.
  std::string take(const Query& row) {
    const std::int64_t id = row.integer(0);
    const auto event = try_event_from(row);
    const bool first = events_++ == 0;
    if (first && id <= last_) return take_leftover(row);
    if (id != last_ + 1) return "event " + std::to_string(last_ + 1) + " is missing";
    last_ = id;
    if (event) previous_ = chained_hash(previous_, *event);
    if (!event || previous_ != event->hash) return "event " + std::to_string(id) + " was changed";
    if (with_macs_) {
      if (auto fault = macs_.take(*event, row.optional_text(10)); !fault.empty()) return fault;
    }
    return check_cut(*event);
  }

  // What is wrong once all events were taken.
  [[nodiscard]] std::string end(const ChainHead& head) const {
    if (head.id != last_ || head.hash != previous_) {
      return "the end was cut off after event " + std::to_string(last_) + ": the last one was " +
             std::to_string(head.id);
    }
    for (const AuditCut& cut : cuts_) {
      const bool gone_by_a_later_one = cut.witness <= cuts_.back().last_event;
      if (!gone_by_a_later_one && !told_.contains(cut.id)) {
        return "no event tells of cut " + std::to_string(cut.id);
      }
    }
    return "";
  }

  [[nodiscard]] std::int64_t events() const { return events_; }
  [[nodiscard]] MacVerdict macs() const { return macs_.end(events_); }
  [[nodiscard]] const std::string& head() const { return previous_; }

 private:
  // A removal that was broken off leaves some of what it was to remove. They must lead up to the
  // cut as they did before.
  std::string take_leftover(const Query& row) {
    last_ = row.integer(0);
    previous_ = row.text(9);
    return check_seam();
  }

  std::string check_seam() const {
    const bool at_seam = !cuts_.empty() && last_ == cuts_.back().last_event;
    if (at_seam && previous_ != cuts_.back().last_hash) {
      return "event " + std::to_string(last_) + " is not the one of cut " +
             std::to_string(cuts_.back().id);
    }
    return "";
  }

  // Where the event tells of a cut, that must be there just so.
  std::string check_cut(const AuditEvent& event) {
    if (event.action != kPruneAction) return check_seam();
    for (const AuditCut& cut : cuts_) {
      if (cut.witness != event.id || testimony(cut) != event.reason) continue;
      told_.insert(cut.id);
      return check_seam();
    }
    return "event " + std::to_string(event.id) + " tells of a cut that is not there";
  }

  std::vector<AuditCut> cuts_;
  bool with_macs_;
  Macs macs_;
  std::set<std::int64_t> told_;
  std::string previous_ = no_hash();
  std::int64_t last_ = 0;
  std::int64_t events_ = 0;
};

}  // namespace

std::vector<AuditCut> audit_cuts(Database& database) {
  std::vector<AuditCut> cuts;
  if (database.schema() < 4) return cuts;  // a backup from before there were any
  Query query(database, "SELECT * FROM audit_cuts ORDER BY id");
  while (query.step()) {
    cuts.push_back({query.integer(0), base::from_unix(query.integer(1)), query.integer(2),
                    query.text(3), query.integer(4), query.text(5), query.text(6), query.integer(7),
                    query.text(8)});
  }
  return cuts;
}

AuditVerdict verify_audit(Database& database, std::span<const AuditKey> old_keys) {
  AuditVerdict verdict;
  const Reading reading(database);
  const ChainHead head = read_head(database);
  verdict.cuts = audit_cuts(database);
  verdict.fault = fault_of(verdict.cuts);
  if (!verdict.fault.empty()) return verdict;
  Walk walk(verdict.cuts, database.schema() >= kSchemaWithMacs,
            Macs(database.settings().audit_key.get(), old_keys));
  Query query(database, "SELECT * FROM audit ORDER BY id");
  while (verdict.fault.empty() && query.step()) verdict.fault = walk.take(query);
  verdict.events = walk.events();
  verdict.macs = walk.macs();
  if (!verdict.fault.empty()) return verdict;
  verdict.head = crypto::to_hex(walk.head());
  verdict.fault = walk.end(head);
  return verdict;
}

}  // namespace roomkey::store
