#include "roomkey/store/audit.hpp"

#include "roomkey/crypto/digest.hpp"
#include "roomkey/store/audit_key.hpp"
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

void refuse_event(const driver::BrokenRule& broken) {
  if (broken.is("the audit is keyed")) {
    throw base::Unavailable(
        "the store: its audit is keyed and takes no event without ROOMKEY_AUDIT_KEY");
  }
  // Its head was moved, or a trigger of someone else's.
  throw base::Unavailable("the store: the audit takes no more events");
}

namespace {

std::optional<std::string> mac_of_last(Database& database) {
  Query last(database, "SELECT mac FROM audit WHERE id = (SELECT id FROM audit_head)");
  return last.step() ? last.optional_text(0) : std::nullopt;
}

void append(Database& database, ChainHead& head, AuditEvent& next) {
  next.id = head.id + 1;
  std::string hash = chained_hash(head.hash, next);
  const AuditKey* const key = database.settings().audit_key.get();
  const std::string mac = key == nullptr ? std::string() : key->key.sign(hash);
  try {
    Query(database,
          "INSERT INTO audit (id, at, request_id, user_id, appointment_id, action, outcome, reason,"
          " expires_at, hash, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          next.id, base::unix_seconds(next.at), next.request_id, next.user_id, next.appointment_id,
          next.action, word(next.outcome), next.reason, seconds(next.expires_at), Blob{hash},
          key == nullptr ? std::nullopt : std::optional(Blob{mac}))
        .run_unheard();
  } catch (const driver::BrokenRule& broken) {
    refuse_event(broken);
  }
  head = {next.id, std::move(hash)};
}

// A new key is told of in the chain, under itself. Looked at once for each connection: while the
// workers are restarted one by one, those with the key before go on.
void announce_key(Database& database, ChainHead& head, const AuditEvent& before) {
  bool& keyed = open_store_of(database).keyed;
  const AuditKey* const key = database.settings().audit_key.get();
  if (keyed || key == nullptr) return;
  const auto mac = mac_of_last(database);
  keyed = true;
  if (mac && key->key.verify(head.hash, *mac)) return;
  AuditEvent event{.at = before.at,
                   .request_id = before.request_id,
                   .action = "audit_key",
                   .outcome = Outcome::changed,
                   .reason = key->id};
  append(database, head, event);
}

constexpr std::size_t kMostUnwritten = 256;

}  // namespace

void append_audit(Transaction& transaction, Database& database, AuditEvent event) {
  OpenStore& store = open_store_of(database);
  store.events.push_back(std::move(event));
  ++store.appended;
  if (store.events.size() >= kMostUnwritten) write_events(transaction, database);
}

void append_audit(Database& database, AuditEvent event) {
  Transaction transaction(database);
  append_audit(transaction, database, std::move(event));
  transaction.commit();
}

void write_events(Transaction&, Database& database) {
  try {
    write_events(database);
    open_store_of(database).connection->hear();
  } catch (const driver::BrokenRule& broken) {
    refuse_event(broken);
  }
}

void write_events(Database& database) {
  OpenStore& store = open_store_of(database);
  if (store.events.empty()) return;
  std::vector<AuditEvent> events;
  events.swap(store.events);
  store.connection->lock();
  ChainHead head = read_head(database);
  announce_key(database, head, events.front());
  for (AuditEvent& event : events) append(database, head, event);
  events.clear();
  events.swap(store.events);  // keeps its room
}

void each_audit_event(Database& database, const AuditFilter& filter,
                      const std::function<void(const AuditEvent&)>& use) {
  const Reading reading(database);
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
