#include "store/audit_chain.hpp"

#include "roomkey/base/json.hpp"
#include "roomkey/crypto/digest.hpp"

namespace roomkey::store {

namespace {

// Each field as `<bytes>:<content>,` and a missing one as `-,`: no two events are written alike.
void append_field(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
  out += ',';
}

void append_field(std::string& out, std::int64_t number) {
  append_field(out, std::to_string(number));
}

template <typename T>
void append_field(std::string& out, const std::optional<T>& field) {
  if (!field) {
    out += "-,";
  } else {
    append_field(out, *field);
  }
}

std::optional<Outcome> parse_outcome(std::string_view text) {
  for (const auto outcome : {Outcome::granted, Outcome::refused, Outcome::changed}) {
    if (text == word(outcome)) return outcome;
  }
  return std::nullopt;
}

}  // namespace

std::string chained_hash(const std::string& previous, const AuditEvent& event) {
  std::string text;
  text.reserve(256);
  text += previous;
  append_field(text, event.id);
  append_field(text, base::unix_seconds(event.at));
  append_field(text, event.request_id);
  append_field(text, event.user_id);
  append_field(text, event.appointment_id);
  append_field(text, event.action);
  append_field(text, word(event.outcome));
  append_field(text, event.reason);
  append_field(text, seconds(event.expires_at));
  return crypto::sha256(text);
}

std::string chained_hash(const std::string& previous, const AuditCut& cut) {
  std::string text = previous;
  append_field(text, std::optional(cut.id));
  append_field(text, std::optional(base::unix_seconds(cut.at)));
  append_field(text, std::optional(cut.last_event));
  append_field(text, std::optional(crypto::to_hex(cut.last_hash)));
  append_field(text, std::optional(cut.events));
  append_field(text, std::optional(cut.signed_by));
  append_field(text, std::optional(cut.reason));
  append_field(text, std::optional(cut.witness));
  return crypto::sha256(text);
}

std::string testimony(const AuditCut& cut) {
  return base::JsonObject()
      .add("cut", cut.id)
      .add("events", cut.events)
      .add("last_event", cut.last_event)
      .add("last_hash", crypto::to_hex(cut.last_hash))
      .add("signed_by", cut.signed_by)
      .add("reason", cut.reason)
      .add("cut_hash", crypto::to_hex(cut.hash))
      .text();
}

std::optional<AuditEvent> try_event_from(const Query& row) {
  const auto outcome = parse_outcome(row.text(6));
  if (!outcome) return std::nullopt;
  AuditEvent event{.id = row.integer(0),
                   .at = base::from_unix(row.integer(1)),
                   .request_id = row.text(2),
                   .user_id = row.optional_integer(3),
                   .appointment_id = row.optional_integer(4),
                   .action = row.text(5),
                   .outcome = *outcome,
                   .reason = row.optional_text(7),
                   .hash = row.text(9)};
  if (const auto expires_at = row.optional_integer(8)) {
    event.expires_at = base::from_unix(*expires_at);
  }
  return event;
}

AuditEvent event_from(const Query& row) {
  auto event = try_event_from(row);
  if (!event) {
    throw base::Unavailable("the store: event " + std::to_string(row.integer(0)) +
                            " of the audit has an outcome that is unknown");
  }
  return *std::move(event);
}

ChainHead read_head(Database& database) {
  write_events(database);
  Query query(database, "SELECT id, hash FROM audit_head");
  if (!query.step()) {
    throw base::Unavailable(database.settings().called + ": the audit's head record is missing");
  }
  return {query.integer(0), query.text(1)};
}

}  // namespace roomkey::store
