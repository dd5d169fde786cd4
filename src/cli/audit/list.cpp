#include <iostream>

#include "cli/audit/events.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/digest.hpp"

namespace roomkey::cli::audit {

namespace {

void print_json(const store::AuditEvent& event) { std::cout << event_json(event).text() << '\n'; }

std::string or_dash(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "-";
}

void print_text(const store::AuditEvent& event) {
  std::cout << event.id << '\t' << base::format_utc(event.at) << "\tuser " << or_dash(event.user_id)
            << "\tappointment " << or_dash(event.appointment_id) << '\t' << event.action << '\t'
            << store::word(event.outcome) << '\t' << event.reason.value_or("-") << '\t'
            << event.request_id << '\n';
}

std::string json_of(const store::AuditCut& cut) {
  return base::JsonObject()
      .add("cut", cut.id)
      .add("at", base::format_utc(cut.at))
      .add("events", cut.events)
      .add("last_event", cut.last_event)
      .add("last_hash", crypto::to_hex(cut.last_hash))
      .add("signed_by", cut.signed_by)
      .add("reason", cut.reason)
      .text();
}

void print_verdict_json(const store::AuditVerdict& verdict) {
  base::JsonArray cuts;
  for (const store::AuditCut& cut : verdict.cuts) cuts.add_raw(json_of(cut));
  std::cout << base::JsonObject()
                   .add("ok", verdict.fault.empty())
                   .add("events", verdict.events)
                   .add("head", verdict.head)
                   .add("fault", verdict.fault)
                   .add_raw("cuts", cuts.text())
                   .text()
            << '\n';
}

void print_verdict(const store::AuditVerdict& verdict) {
  for (const store::AuditCut& cut : verdict.cuts) {
    std::cout << "cut " << cut.id << ": " << base::format_utc(cut.at) << ", "
              << base::counted(cut.events, "event") << " up to event " << cut.last_event
              << " (hash " << crypto::to_hex(cut.last_hash) << "), by " << cut.signed_by << ": "
              << cut.reason << '\n';
  }
  std::cout << "the audit is intact: " << base::counted(verdict.events, "event") << ", head "
            << verdict.head << '\n';
}

}  // namespace

base::JsonObject event_json(const store::AuditEvent& event) {
  const auto& expires_at = event.expires_at;
  base::JsonObject json;
  json.add("id", event.id)
      .add("at", base::format_utc(event.at))
      .add("request_id", event.request_id)
      .add("user_id", event.user_id)
      .add("appointment_id", event.appointment_id)
      .add("action", event.action)
      .add("outcome", store::word(event.outcome))
      .add("reason", event.reason)
      .add("expires_at", expires_at ? std::optional(base::format_utc(*expires_at)) : std::nullopt);
  return json;
}

std::optional<std::chrono::sys_seconds> day_or_time(const std::string& text, Edge edge) {
  if (const auto time = base::parse_utc(text)) return time;
  const auto day = base::parse_utc(text + "T00:00:00Z");
  const std::chrono::seconds rest{edge == Edge::last ? 24 * 3600 - 1 : 0};
  return day ? std::optional(*day + rest) : std::nullopt;
}

bool read_filter(const Filter& fields, store::AuditFilter& filter) {
  filter = {fields.user_id, fields.appointment_id, std::nullopt};
  filter.since = day_or_time(fields.since, Edge::first);
  filter.until = day_or_time(fields.until, Edge::last);
  const auto fault = [](const std::string& option) {
    fail(kUsage, option + " is neither a day nor a time",
         option + " 2025-11-16 or " + option + " 2025-11-16T09:00:00Z");
    return false;
  };
  if (!fields.since.empty() && !filter.since) return fault("--since");
  if (!fields.until.empty() && !filter.until) return fault("--until");
  return true;
}

int list(Session& session, const Filter& fields) {
  store::AuditFilter filter;
  if (!read_filter(fields, filter)) return kUsage;
  session.database.ready();
  store::each_audit_event(session.database, filter, session.json ? print_json : print_text);
  return kDone;
}

int verify(Session& session) {
  session.database.ready();
  const auto verdict = store::verify_audit(session.database);
  if (session.json) {
    print_verdict_json(verdict);
  } else if (verdict.fault.empty()) {
    print_verdict(verdict);
  }
  if (verdict.fault.empty()) return kDone;
  return fail(kFailed, "the audit does not hold: " + verdict.fault,
              "compare with a backup from before: `roomkey audit verify` on it, event by event");
}

}  // namespace roomkey::cli::audit
