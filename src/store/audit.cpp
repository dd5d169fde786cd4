#include "roomkey/store/audit.hpp"

#include <algorithm>
#include <array>
#include <span>

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

constexpr int kColumns = 11;

// So many events each: what a group of requests has, and more for who has many.
constexpr std::array<std::size_t, 11> kEventsAtOnce{256, 64, 16, 8, 7, 6, 5, 4, 3, 2, 1};
struct EventInsert {
  std::size_t events = 0;
  std::string sql;
};

// The largest for no more than these. SQLite gets one after the other: of several it makes a
// temporary table first, for the sake of the table's triggers.
const EventInsert& insert_for(std::size_t events, bool is_far) {
  static const auto all = [] {
    std::array<EventInsert, kEventsAtOnce.size()> inserts;
    for (std::size_t i = 0; i < inserts.size(); ++i) {
      inserts[i] = {
          kEventsAtOnce[i],
          "INSERT INTO audit (id, at, request_id, user_id, appointment_id, action, outcome, reason,"
          " expires_at, hash, mac) VALUES (" ROOMKEY_TEN ", ?)"};
      for (std::size_t row = 1; row < kEventsAtOnce[i]; ++row)
        inserts[i].sql += ", (" ROOMKEY_TEN ", ?)";
    }
    return inserts;
  }();
  const auto* const found = std::find_if(
      all.begin(), all.end(), [&](const EventInsert& one) { return one.events <= events; });
  return is_far ? *found : all.back();
}

void bind(Query& insert, int index, const AuditEvent& event, const AuditKey* key) {
  const std::string mac = key == nullptr ? std::string() : key->key.sign(event.hash);
  insert.bind_from(index, event.id, base::unix_seconds(event.at), event.request_id, event.user_id,
                   event.appointment_id, event.action, word(event.outcome), event.reason,
                   seconds(event.expires_at), Blob{event.hash},
                   key == nullptr ? std::nullopt : std::optional(Blob{mac}));
}

void append(Database& database, ChainHead& head, std::span<AuditEvent> events) {
  for (AuditEvent& event : events) {
    event.id = ++head.id;
    event.hash = head.hash = chained_hash(head.hash, event);
  }
  const AuditKey* const key = database.settings().audit_key.get();
  const bool is_far = open_store_of(database).connection->is_far();
  try {
    while (!events.empty()) {
      const EventInsert& of_some = insert_for(events.size(), is_far);
      const auto part = events.first(of_some.events);
      events = events.subspan(part.size());
      Query insert(database, of_some.sql.c_str());
      int index = 1;
      for (const AuditEvent& event : part) {
        bind(insert, index, event, key);
        index += kColumns;
      }
      insert.run_unheard();
    }
  } catch (const driver::BrokenRule& broken) {
    refuse_event(broken);
  }
}

constexpr std::size_t kMostUnwritten = 256;

}  // namespace

// Looked at once for each connection: while the workers are restarted one by one, those with the
// key before go on.
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
  append(database, head, {&event, 1});
}

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
  store.lacks_events = true;
  store.connection->lock();
  ChainHead head = read_head(database);
  announce_key(database, head, events.front());
  append(database, head, events);
  store.lacks_events = false;
  events.clear();
  events.swap(store.events);  // keeps its room
}

bool audit_is_keyed(Database& database) { return mac_of_last(database).has_value(); }

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
