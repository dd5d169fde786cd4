#include "roomkey/store/audit.hpp"

#include "roomkey/crypto/digest.hpp"
#include "store/audit_chain.hpp"

namespace roomkey::store {

std::string_view word(Outcome outcome) {
  switch (outcome) {
    case Outcome::granted: return "granted";
    case Outcome::refused: return "refused";
    case Outcome::changed: return "changed";
  }
  throw std::logic_error("an outcome without a word");
}

void append_audit(Transaction&, Database& database, const AuditEvent& event) {
  const ChainHead head = read_head(database);
  AuditEvent next = event;
  next.id = head.id + 1;
  const std::string hash = chained_hash(head.hash, next);
  try {
    Query(database, "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", next.id,
          base::unix_seconds(next.at), next.request_id, next.user_id, next.appointment_id,
          next.action, word(next.outcome), next.reason, seconds(next.expires_at), Blob{hash})
        .run();
  } catch (const driver::BrokenRule&) {  // its head was moved, or a trigger of someone else's
    throw base::Unavailable("the store: the audit takes no more events");
  }
}

void append_audit(Database& database, const AuditEvent& event) {
  Transaction transaction(database);
  append_audit(transaction, database, event);
  transaction.commit();
}

void each_audit_event(Database& database, const AuditFilter& filter,
                      const std::function<void(const AuditEvent&)>& use) {
  Query query(database,
              "SELECT * FROM audit WHERE (?1 IS NULL OR user_id = ?1)"
              " AND (?2 IS NULL OR appointment_id = ?2) AND (?3 IS NULL OR at >= ?3)"
              " AND (?4 IS NULL OR at <= ?4) ORDER BY id",
              filter.user_id, filter.appointment_id, seconds(filter.since), seconds(filter.until));
  while (query.step()) use(event_from(query));
}

AuditHead audit_head(Database& database) {
  const ChainHead head = read_head(database);
  return {head.id, crypto::to_hex(head.hash)};
}

}  // namespace roomkey::store
