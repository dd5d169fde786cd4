#include "roomkey/store/audit.hpp"

#include "query.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/crypto/digest.hpp"

namespace roomkey::store {

namespace {

std::optional<std::int64_t> seconds(const std::optional<std::chrono::sys_seconds>& time) {
  return time ? std::optional(base::unix_seconds(*time)) : std::nullopt;
}

// Each field as `<bytes>:<content>,` and a missing one as `-,`: no two events are written alike.
void append_field(std::string& out, const std::optional<std::string>& field) {
  if (field) {
    out += std::to_string(field->size()) + ':' + *field + ',';
  } else {
    out += "-,";
  }
}

void append_field(std::string& out, const std::optional<std::int64_t>& number) {
  append_field(out, number ? std::optional(std::to_string(*number)) : std::nullopt);
}

std::string chained_hash(const std::string& previous, const AuditEvent& event) {
  std::string text = previous;
  append_field(text, std::optional(event.id));
  append_field(text, std::optional(base::unix_seconds(event.at)));
  append_field(text, std::optional(event.request_id));
  append_field(text, event.user_id);
  append_field(text, event.appointment_id);
  append_field(text, std::optional(event.action));
  append_field(text, std::optional(std::string(word(event.outcome))));
  append_field(text, event.reason);
  append_field(text, seconds(event.expires_at));
  return crypto::sha256(text);
}

std::optional<Outcome> parse_outcome(std::string_view text) {
  for (const auto outcome : {Outcome::granted, Outcome::refused, Outcome::changed}) {
    if (text == word(outcome)) return outcome;
  }
  return std::nullopt;
}

// Columns of every SELECT here: id to expires_at in the table's order, then hash.
AuditEvent event_from(const Query& row) {
  const auto outcome = parse_outcome(row.text(6));
  if (!outcome) {
    throw base::Unavailable("the store: event " + std::to_string(row.integer(0)) +
                            " of the audit has an outcome that is unknown");
  }
  AuditEvent event{row.integer(0),
                   base::from_unix(row.integer(1)),
                   row.text(2),
                   row.optional_integer(3),
                   row.optional_integer(4),
                   row.text(5),
                   *outcome,
                   row.optional_text(7),
                   std::nullopt};
  if (const auto expires_at = row.optional_integer(8))
    event.expires_at = base::from_unix(*expires_at);
  return event;
}

struct Head {
  std::int64_t id;
  std::string hash;
};

// Steps `query` onto the head and reads it. Until `query` goes, its snapshot stays.
constexpr const char* kHead = "SELECT id, hash FROM audit_head";
Head read_head(Query& query) {
  if (!query.step()) throw base::Unavailable("the store: the audit has lost its head");
  return {query.integer(0), query.text(1)};
}

Head read_head(Database& database) {
  Query query(database, kHead);
  return read_head(query);
}

}  // namespace

std::string_view word(Outcome outcome) {
  switch (outcome) {
    case Outcome::granted: return "granted";
    case Outcome::refused: return "refused";
    case Outcome::changed: return "changed";
  }
  throw std::logic_error("an outcome without a word");
}

void append_audit(Transaction&, Database& database, const AuditEvent& event) {
  const Head head = read_head(database);
  AuditEvent next = event;
  next.id = head.id + 1;
  const std::string hash = chained_hash(head.hash, next);
  try {
    Query(database, "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", next.id,
          base::unix_seconds(next.at), next.request_id, next.user_id, next.appointment_id,
          next.action, word(next.outcome), next.reason, seconds(next.expires_at), Blob{hash})
        .run();
  } catch (const std::logic_error&) {  // its head was moved, or a trigger of someone else's
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
              " AND (?2 IS NULL OR appointment_id = ?2) AND (?3 IS NULL OR at >= ?3) ORDER BY id",
              filter.user_id, filter.appointment_id, seconds(filter.since));
  while (query.step()) use(event_from(query));
}

AuditHead audit_head(Database& database) {
  const Head head = read_head(database);
  return {head.id, crypto::to_hex(head.hash)};
}

AuditVerdict verify_audit(Database& database) {
  AuditVerdict verdict;
  std::string previous(32, '\0');
  // First, and standing on its row until the end: a walk that is done holds no snapshot any more.
  Query end(database, kHead);
  const Head head = read_head(end);
  Query query(database, "SELECT * FROM audit ORDER BY id");
  while (query.step()) {
    if (query.integer(0) != ++verdict.events) {
      verdict.fault = "event " + std::to_string(verdict.events) + " is missing";
      return verdict;
    }
    const bool readable = parse_outcome(query.text(6)).has_value();
    if (readable) previous = chained_hash(previous, event_from(query));
    if (!readable || previous != query.text(9)) {
      verdict.fault = "event " + std::to_string(verdict.events) + " was changed";
      return verdict;
    }
  }
  verdict.head = crypto::to_hex(previous);
  if (head.id != verdict.events || head.hash != previous) {
    verdict.fault = "the end was cut off after event " + std::to_string(verdict.events) +
                    ": the last one was " + std::to_string(head.id);
  }
  return verdict;
}

}  // namespace roomkey::store
