#include "roomkey/store/witness.hpp"

#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/digest.hpp"
#include "store/audit_chain.hpp"

namespace roomkey::store {

std::string line_of(const Witnessed& witnessed) {
  return base::JsonObject()
      .add("event", witnessed.event)
      .add("hash", witnessed.hash)
      .add("at", base::format_utc(witnessed.at))
      .add("mac", witnessed.mac)
      .text();
}

std::optional<Witnessed> read_witnessed(std::string_view line) {
  const auto object = base::parse_json_object(line);
  if (!object) return std::nullopt;
  const auto& event = (*object)["event"];
  const auto hash = base::string_member(*object, "hash");
  if (!event.isInt64() || event.asInt64() < 0 || !hash || hash->size() != 64) return std::nullopt;
  return Witnessed{event.asInt64(), *hash, {}, base::string_member(*object, "mac")};
}

Witnessed audit_end(Database& database, std::chrono::sys_seconds now) {
  const ChainHead head = read_head(database);
  Witnessed end{head.id, crypto::to_hex(head.hash), now};
  Query last(database, "SELECT mac FROM audit WHERE id = ?", head.id);
  if (last.step() && !last.is_null(0)) end.mac = crypto::to_hex(last.text(0));
  return end;
}

Standing standing_of(Database& database, const Witnessed& witnessed) {
  if (witnessed.event == 0) return Standing::there;  // an audit without events
  Query query(database, "SELECT hash FROM audit WHERE id = ?", witnessed.event);
  if (query.step()) {
    return crypto::to_hex(query.text(0)) == witnessed.hash ? Standing::there : Standing::changed;
  }
  const auto cuts = audit_cuts(database);
  for (const AuditCut& cut : cuts) {
    if (cut.last_event != witnessed.event) continue;
    return crypto::to_hex(cut.last_hash) == witnessed.hash ? Standing::there : Standing::changed;
  }
  const bool removed = !cuts.empty() && witnessed.event < cuts.back().last_event;
  return removed ? Standing::removed : Standing::missing;
}

}  // namespace roomkey::store
