#include <algorithm>
#include <filesystem>
#include <iostream>

#include "cli/commands.hpp"
#include "cli/store_owner.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/store/about.hpp"
#include "roomkey/store/appointments.hpp"
#include "roomkey/store/backup.hpp"
#include "roomkey/store/files.hpp"

namespace roomkey::cli {

namespace {

std::string quoted_list(const std::vector<std::string>& texts) {
  base::JsonArray list;
  for (const auto& text : texts) list.add(text);
  return list.text();
}

}  // namespace

namespace {

// Those that take a room and have none: booked before rooms came by themselves.
std::vector<std::int64_t> without_room(store::Database& database) {
  std::vector<std::int64_t> ids;
  store::each_appointment(database, [&](const access::Appointment& one) {
    if (!one.room && access::takes_room(one)) ids.push_back(one.id);
  });
  return ids;
}

// A hundred in one transaction: workers who write wait for no more than that.
std::int64_t give_rooms(Session& session) {
  if (session.config.rooms == access::Rooms::asked) return 0;
  std::int64_t given = 0;
  const auto ids = without_room(session.database);
  for (std::size_t at = 0; at < ids.size();) {
    store::Transaction transaction(session.database);
    for (const auto end = std::min(at + 100, ids.size()); at < end; ++at) {
      const auto now = store::find_appointment(session.database, ids[at]).value();
      given += give_booked_room(transaction, session, now) ? 1 : 0;
    }
    transaction.commit();
  }
  return given;
}

}  // namespace

int db_migrate(Session& session, const std::string& worker) {
  const int steps = session.database.migrate();
  if (!worker.empty() && !store::let_work(session.database, worker)) {
    return fail(kUsage, "--worker is for a store of PostgreSQL's");
  }
  const int schema = store::Database::newest_schema();
  const std::int64_t given = give_rooms(session);
  if (session.json) {
    std::cout << base::JsonObject()
                     .add("schema", schema)
                     .add("steps", steps)
                     .add("rooms_given", given)
                     .text()
              << '\n';
    return kDone;
  }
  std::cout << "schema " << schema << (steps == 0 ? ", nothing to do" : ", brought up to date")
            << '\n';
  if (given == 1) std::cout << "1 open appointment had no room and has one now\n";
  if (given > 1) std::cout << given << " open appointments had no room and have one now\n";
  return kDone;
}

int db_verify(Session& session) {
  session.database.ready();
  auto verdict = store::verify_store(session.database);
  if (const auto& doubt = verdict.audit.macs.doubt; !doubt.empty()) {
    verdict.faults.push_back("audit: " + doubt);
  }
  if (session.json) {
    std::cout << base::JsonObject()
                     .add("ok", verdict.faults.empty())
                     .add("schema", verdict.schema)
                     .add("audit_events", verdict.audit.events)
                     .add("audit_head", verdict.audit.head)
                     .add_raw("faults", quoted_list(verdict.faults))
                     .text()
              << '\n';
  }
  for (const auto& fault : verdict.faults) fail(kFailed, fault);
  if (!verdict.faults.empty()) return kFailed;
  if (!session.json) {
    std::cout << "the store is sound: schema " << verdict.schema << ", "
              << base::counted(verdict.audit.events, "audit event") << ", head "
              << verdict.audit.head << '\n';
  }
  return kDone;
}

namespace {

// A hint: what to do with the store's folder, and then.
std::string beside_store(const Session& session, const std::string& what, const std::string& then) {
  const auto* const files = session.database.files();
  if (files == nullptr) return {};
  const std::filesystem::path store = files->paths(session.database).front();
  return "as root, roomkey works as the store's owner: " + what +
         absolute(store).parent_path().string() + then;
}

int fail_without_backups(const Session& session) {
  const std::string title(session.database.title());
  return fail(kUsage, "roomkey can't back up or restore a store of " + title + "'s",
              "use " + title + "'s own tools");
}

// Its head, noted in a place of its own, pins the audit's chain.
int say_backup(const Session& session, const store::DatedBackup& made,
               const std::vector<std::string>& removed) {
  if (session.json) {
    std::cout << base::JsonObject()
                     .add("file", made.file)
                     .add("schema", made.verdict.schema)
                     .add("audit_events", made.verdict.audit.events)
                     .add("audit_head", made.verdict.audit.head)
                     .add_raw("removed", quoted_list(removed))
                     .text()
              << '\n';
    return kDone;
  }
  std::cout << "backed up and verified: " << made.file << '\n'
            << base::counted(made.verdict.audit.events, "audit event") << ", head "
            << made.verdict.audit.head << '\n';
  for (const auto& name : removed) std::cout << "removed the old backup " << name << '\n';
  return kDone;
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

}  // namespace

int db_backup(Session& session, const std::string& target, std::optional<std::int64_t> keep) {
  const auto* const backups = session.database.backups();
  if (backups == nullptr) return fail_without_backups(session);
  const std::string why = may_not_write(is_folder(target) ? target + '/' : target);
  if (!why.empty()) {
    return fail(kFailed, why, beside_store(session, "back up to ", " and copy it from there"));
  }
  const bool into_folder = is_folder(target) || target.ends_with('/') || keep;
  const auto path = std::filesystem::absolute(target);
  const auto named = path.has_filename() ? path : path.parent_path();
  if (!is_folder(named.parent_path())) return fail(kFailed, "there is no folder for " + target);
  if (!into_folder) {
    auto verdict = backups->write(session.database, target);
    return say_backup(session, {target, std::move(verdict)}, {});
  }
  if (std::filesystem::exists(target) && !is_folder(target)) {
    return fail(kUsage, target + " is a file: --keep needs a folder");
  }
  const auto made = backups->write_into(session.database, target, session.now);
  std::vector<std::string> removed;
  if (keep) {
    removed = backups->remove_old(target, made.file, static_cast<std::size_t>(*keep));
  }
  return say_backup(session, made, removed);
}

namespace {

// What the restored store has to say of the one before: its audit ends in the file that was kept.
std::string epitaph(const std::string& kept) {
  if (kept.empty()) return "there was no store before";
  const std::string name = "kept as " + std::filesystem::path(kept).filename().string();
  try {
    store::Database before(store::Settings{kept});
    before.ready(store::Schema::any);
    const auto head = store::audit_head(before);
    return name + ", event " + std::to_string(head.id) + ", head " + head.hash;
  } catch (const base::Unavailable&) {
    return name + ", which can't be read";
  }
}

int say_restored(const Session& session, const std::string& file, const store::Restored& restored) {
  const int schema = store::Database::newest_schema();
  if (session.json) {
    const auto kept = restored.kept.empty() ? std::nullopt : std::optional(restored.kept);
    std::cout << base::JsonObject()
                     .add("file", file)
                     .add("backup_schema", restored.schema)
                     .add("schema", schema)
                     .add("kept", kept)
                     .text()
              << '\n';
    return kDone;
  }
  std::cout << "restored: " << file << '\n';
  if (restored.schema < schema) {
    std::cout << "brought up to date: from schema " << restored.schema << " to " << schema << '\n';
  }
  if (!restored.kept.empty()) {
    std::cout << "the store before is kept as " << restored.kept << '\n';
  }
  return kDone;
}

}  // namespace

int db_restore(Session& session, const std::string& file) {
  const auto* const backups = session.database.backups();
  if (backups == nullptr) return fail_without_backups(session);
  if (const std::string why = may_not_read(file); !why.empty()) {
    return fail(kFailed, why,
                beside_store(session, "copy the file to ", " and chown it to that user"));
  }
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    return fail(kFailed, "there is no file " + file);
  }
  const auto note = [&](const std::string& kept) {
    return change_event(session, "db_restore", std::nullopt, epitaph(kept));
  };
  const auto restored = backups->restore(session.database, file, session.now, note);
  return say_restored(session, file, restored);
}

int db_reserve(Session& session, std::int64_t mebibytes) {
  const auto* const files = session.database.files();
  const std::int64_t bytes = files == nullptr ? 0 : mebibytes << 20;
  if (files != nullptr) files->keep_reserve(session.database, bytes);
  if (session.json) {
    std::cout << base::JsonObject().add("reserve_bytes", bytes).text() << '\n';
  } else if (files == nullptr) {
    std::cout << "nothing to do: a store of " << session.database.title()
              << "'s keeps no files here\n";
  } else {
    std::cout << mebibytes << " MiB of the store's disk are kept in reserve\n";
  }
  return kDone;
}

}  // namespace roomkey::cli
