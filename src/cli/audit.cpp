#include <iostream>

#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/cli/commands.hpp"

namespace roomkey::cli {

namespace {

std::optional<std::string> utc(const std::optional<std::chrono::sys_seconds>& time) {
  return time ? std::optional(base::format_utc(*time)) : std::nullopt;
}

void print_json(const store::AuditEvent& event) {
  std::cout << base::JsonObject()
                   .add("id", event.id)
                   .add("at", base::format_utc(event.at))
                   .add("request_id", event.request_id)
                   .add("user_id", event.user_id)
                   .add("appointment_id", event.appointment_id)
                   .add("action", event.action)
                   .add("outcome", store::word(event.outcome))
                   .add("reason", event.reason)
                   .add("expires_at", utc(event.expires_at))
                   .text()
            << '\n';
}

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

int audit_list(Session& session, const AuditFields& fields) {
  store::AuditFilter filter{fields.user_id, fields.appointment_id, std::nullopt};
  if (!fields.since.empty()) {
    filter.since = base::parse_utc(fields.since);
    if (!filter.since) filter.since = base::parse_utc(fields.since + "T00:00:00Z");
    if (!filter.since) {
      return fail(kUsage, "--since is neither a day nor a time",
                  "--since 2025-11-16 or --since 2025-11-16T09:00:00Z");
    }
  }
  session.database.ready();
  store::each_audit_event(session.database, filter, session.json ? print_json : print_text);
  return kDone;
}

int audit_verify(Session& session) {
  session.database.ready();
  const auto verdict = store::verify_audit(session.database);
  if (session.json) {
    std::cout << base::JsonObject()
                     .add("ok", verdict.fault.empty())
                     .add("events", verdict.events)
                     .add("head", verdict.head)
                     .add("fault", verdict.fault)
                     .text()
              << '\n';
  } else if (verdict.fault.empty()) {
    std::cout << "the audit holds: " << verdict.events << " events, head " << verdict.head << '\n';
  }
  if (verdict.fault.empty()) return kDone;
  return fail(kFailed, "the audit does not hold: " + verdict.fault,
              "compare with a backup from before: `roomkey audit verify` on it, event by event");
}

}  // namespace roomkey::cli
