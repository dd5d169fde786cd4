#include <iostream>

#include "cli/commands.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/provider/all.hpp"
#include "roomkey/store/appointments.hpp"

namespace roomkey::cli {

namespace {

// As many appointments as a transaction moves: others wait for it meanwhile.
constexpr int kAtOnce = 50;

// A provider, as it stands here.
struct Standing {
  const provider::Kind& kind;
  std::string fault;  // empty where it gives tokens
  std::int64_t open = 0;
  bool of_new_rooms = false;
};

std::string json_of(const Standing& one) {
  return base::JsonObject()
      .add("provider", one.kind.name())
      .add("configured", one.fault.empty())
      .add("fault", one.fault.empty() ? std::nullopt : std::optional(one.fault))
      .add("new_rooms", one.of_new_rooms)
      .add("open_appointments", one.open)
      .text();
}

std::string line_of(const Standing& one) {
  std::string line(one.kind.name());
  line += '\t' + (one.fault.empty() ? "configured" : one.fault);
  line += '\t' + base::counted(one.open, "open appointment");
  return line + (one.of_new_rooms ? "\tnew rooms" : "");
}

// The ids are looked up in the transaction that moves them: what was closed meanwhile stays.
std::int64_t move_some(Session& session, const ProviderMove& wanted) {
  store::Transaction transaction(session.database);
  const auto ids = store::open_rooms_elsewhere(session.database, wanted.to, wanted.from, kAtOnce);
  for (const std::int64_t id : ids) move_room(transaction, session, id, wanted.to);
  transaction.commit();
  return static_cast<std::int64_t>(ids.size());
}

std::int64_t count_elsewhere(Session& session, const ProviderMove& wanted) {
  std::int64_t count = 0;
  for (const auto& [provider, open] : store::count_open_rooms(session.database)) {
    if (provider != wanted.to && (wanted.from.empty() || provider == wanted.from)) count += open;
  }
  return count;
}

void say(const Session& session, const ProviderMove& wanted, std::int64_t moved) {
  if (session.json) {
    std::cout << base::JsonObject()
                     .add("to", wanted.to)
                     .add("moved", moved)
                     .add("dry_run", wanted.dry_run)
                     .text()
              << '\n';
    return;
  }
  std::cout << (wanted.dry_run ? "would move " : "moved ")
            << base::counted(moved, "open appointment") << " to " << wanted.to << '\n';
}

}  // namespace

int provider_list(Session& session) {
  session.database.ready();
  const auto open = store::count_open_rooms(session.database);
  for (const auto* const kind : provider::all()) {
    const std::string name(kind->name());
    const auto found = open.find(name);
    const std::string fault(kind->make(session.config)->fault());
    const Standing one{*kind, fault, found == open.end() ? 0 : found->second,
                       name == session.config.store.room_provider};
    std::cout << (session.json ? json_of(one) : line_of(one)) << '\n';
  }
  return kDone;
}

int provider_move(Session& session, const ProviderMove& wanted) {
  if (const int refused = refuse_provider(session, wanted.to); refused != kDone) return refused;
  if (!wanted.from.empty() && provider::named(wanted.from) == nullptr) {
    return fail(kUsage, wanted.from + " is no provider", "there are " + provider::names());
  }
  session.database.ready();
  std::int64_t moved = wanted.dry_run ? count_elsewhere(session, wanted) : 0;
  if (!wanted.dry_run) {
    while (const auto some = move_some(session, wanted)) moved += some;
  }
  say(session, wanted, moved);
  if (wanted.to != session.config.store.room_provider) {
    std::cerr << "roomkey: hint: new rooms go to " << session.config.store.room_provider
              << ": set ROOMKEY_PROVIDER=" << wanted.to << " and restart the workers\n";
  }
  return kDone;
}

}  // namespace roomkey::cli
