#include <iostream>

#include "cli/audit/events.hpp"
#include "roomkey/base/text.hpp"

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
      .add("expires_at", base::format_utc(expires_at));
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

}  // namespace roomkey::cli::audit
