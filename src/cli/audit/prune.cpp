#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>

#include "cli/audit/events.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/provider/all.hpp"
#include "roomkey/store/retention.hpp"

namespace roomkey::cli::audit {

namespace {

using std::chrono::sys_seconds;

// Who is at the keyboard, as far as that can be told: behind sudo it is not root.
std::string system_user() {
  if (const char* const sudo = std::getenv("SUDO_USER"); sudo != nullptr && *sudo != 0) return sudo;
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> room{};
  getpwuid_r(getuid(), &entry, room.data(), room.size(), &found);
  return found != nullptr ? found->pw_name : std::to_string(getuid());
}

bool is_line(std::string_view text) {
  return !text.empty() && text.size() <= 400 && base::is_line(text);
}

// Everything before this is to go; nothing where the fault was said.
std::optional<sys_seconds> point_of(const PruneFields& fields, sys_seconds now) {
  if (fields.before.empty() == (fields.keep_days == 0)) {
    fail(kUsage, "give --before or --keep-days, one of them", "--keep-days 3650, for ten years");
    return std::nullopt;
  }
  auto point = fields.before.empty() ? now - std::chrono::hours{24 * fields.keep_days}
                                     : day_or_time(fields.before, Edge::first);
  if (!point) {
    fail(kUsage, "--before is neither a day nor a time",
         "--before 2025-11-16 or --before 2025-11-16T09:00:00Z");
  } else if (*point > now - store::kLeastKept) {
    fail(kUsage, "what is younger than 30 days is kept",
         "the law wants records kept for years: ask who knows before you choose a shorter time");
    point.reset();
  }
  return point;
}

void print_pruned_json(const store::Prunable& old, sys_seconds point, bool dry_run) {
  std::cout << base::JsonObject()
                   .add("dry_run", dry_run)
                   .add("before", base::format_utc(point))
                   .add("events", old.events)
                   .add("last_event", old.events > 0 ? std::optional(old.last_event) : std::nullopt)
                   .add("sessions", old.sessions)
                   .add("room_events", old.room_events)
                   .add("answers", old.answers)
                   .add("guests", old.guests)
                   .add("visitors", old.visitors)
                   .text()
            << '\n';
}

void print_pruned(const store::Prunable& old, sys_seconds point, bool dry_run) {
  const std::string asked =
      provider::titles([](const auto& kind) { return !kind.requests().empty(); });
  std::cout << (dry_run ? "would remove" : "removed") << " what is older than "
            << base::format_utc(point) << ":\n  " << base::counted(old.events, "event")
            << " of the audit";
  if (old.events > 0) std::cout << ", up to event " << old.last_event;
  std::cout << "\n  " << base::counted(old.sessions, "session") << " of rooms with "
            << base::counted(old.room_events, "event") << ", "
            << base::counted(old.answers, "answer") << " of " << asked << "'s, "
            << base::counted(old.guests, "guest") << ", " << base::counted(old.visitors, "visitor")
            << " of doors\n";
}

}  // namespace

int prune(Session& session, const PruneFields& fields) {
  const auto point = point_of(fields, session.now);
  if (!point) return kUsage;
  const store::SignOff sign_off{fields.by.empty() ? system_user() : fields.by, fields.reason,
                                session.now};
  if (!fields.dry_run && !is_line(sign_off.reason)) {
    return fail(kUsage, "--reason must be one line of 1 to 400 bytes",
                "it stands in the audit for good: --reason 'retention policy of 2025, 10 years'");
  }
  if (!is_line(sign_off.by)) return fail(kUsage, "--by must be one line of 1 to 400 bytes");
  session.database.ready();
  const store::Prunable old = fields.dry_run ? store::prunable(session.database, *point)
                                             : store::prune(session.database, *point, sign_off);
  (session.json ? print_pruned_json : print_pruned)(old, *point, fields.dry_run);
  return kDone;
}

}  // namespace roomkey::cli::audit
