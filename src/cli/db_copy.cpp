#include <filesystem>
#include <iostream>

#include "cli/commands.hpp"
#include "cli/progress.hpp"
#include "cli/store_owner.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/store/copy.hpp"
#include "roomkey/store/files.hpp"

namespace roomkey::cli {

namespace {

constexpr const char* kWentOn =
    "the store went on while it was copied: what came since is not in the copy. To move, stop the "
    "workers first (systemctl stop roomkey.target), and copy again into an empty store";

int say_copied(const Session& session, const store::Database& to, const store::Copied& copied) {
  const auto rows = static_cast<std::int64_t>(copied.rows);
  const auto& verdict = copied.verdict;
  if (session.json) {
    std::cout << base::JsonObject()
                     .add("kind", to.title())
                     .add("rows", rows)
                     .add("schema", verdict.schema)
                     .add("audit_events", verdict.audit.events)
                     .add("audit_head", verdict.audit.head)
                     .add("went_on", copied.moved)
                     .text()
              << '\n';
  } else {
    std::cout << "copied to " << to.title()
              << " and verified on both sides: " << base::counted(rows, "row") << '\n'
              << base::counted(verdict.audit.events, "audit event") << ", head "
              << verdict.audit.head << '\n';
  }
  if (copied.moved) std::cerr << "roomkey: hint: " << kWentOn << '\n';
  return kDone;
}

// What belongs to a file that is not there any more may hold what was committed to it last, and
// SQLite removes it for the new one.
std::string left_behind(const store::Database& to) {
  const auto* const files = to.files();
  if (files == nullptr || std::filesystem::exists(to.path())) return {};
  for (const auto& path : files->paths(to)) {
    if (!path.ends_with("-wal") || !std::filesystem::exists(path)) continue;
    return path + " is there, of a store that was moved away without it: move it along";
  }
  return {};
}

}  // namespace

int db_copy(Session& session, const std::string& address) {
  if (const std::string why = store::address_fault(address); !why.empty()) {
    return fail(kUsage, "--to " + why);
  }
  store::Settings settings = session.config.store;
  settings.path = address;
  settings.called = "the other store";
  store::Database to(settings);
  become_store_owner(to);
  if (const std::string why = left_behind(to); !why.empty()) return fail(kFailed, why);
  Progress progress;
  const auto copied = store::copy_store(
      session.database, to,
      [&](std::size_t done, std::size_t total) { progress.show("copying", done, total); });
  progress.clear();
  return say_copied(session, to, copied);
}

}  // namespace roomkey::cli
