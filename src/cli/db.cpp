#include <filesystem>
#include <iostream>

#include "roomkey/base/json.hpp"
#include "roomkey/cli/commands.hpp"
#include "roomkey/cli/store_owner.hpp"
#include "roomkey/store/backup.hpp"

namespace roomkey::cli {

int db_migrate(Session& session) {
  const int steps = session.database.migrate();
  const int schema = store::Database::newest_schema();
  if (session.json) {
    std::cout << base::JsonObject().add("schema", schema).add("steps", steps).text() << '\n';
  } else {
    std::cout << "schema " << schema << (steps == 0 ? ", nothing to do" : ", brought up to date")
              << '\n';
  }
  return kDone;
}

int db_verify(Session& session) {
  session.database.ready();
  const auto verdict = store::verify_store(session.database);
  if (session.json) {
    base::JsonArray faults;
    for (const auto& fault : verdict.faults) {
      std::string quoted;
      base::append_quoted(quoted, fault);
      faults.add_raw(quoted);
    }
    std::cout << base::JsonObject()
                     .add("ok", verdict.faults.empty())
                     .add("audit_events", verdict.audit.events)
                     .add("audit_head", verdict.audit.head)
                     .add_raw("faults", faults.text())
                     .text()
              << '\n';
  }
  for (const auto& fault : verdict.faults) fail(kFailed, fault);
  if (!verdict.faults.empty()) return kFailed;
  if (!session.json) {
    std::cout << "the store is sound: schema " << store::Database::newest_schema() << ", "
              << verdict.audit.events << " audit events, head " << verdict.audit.head << '\n';
  }
  return kDone;
}

namespace {

std::string folder_of_store(const Session& session) {
  return std::filesystem::absolute(session.database.path()).parent_path();
}

}  // namespace

int db_backup(Session& session, const std::string& file) {
  if (const std::string why = may_not_write(file); !why.empty()) {
    return fail(kFailed, why,
                "as root, roomkey works as the store's owner: back up to " +
                    folder_of_store(session) + " and copy it from there");
  }
  std::error_code ignored;
  if (!std::filesystem::is_directory(std::filesystem::absolute(file).parent_path(), ignored)) {
    return fail(kFailed, "there is no folder for " + file);
  }
  store::backup_store(session.database, file);
  std::cout << "backed up and verified: " << file << '\n';
  return kDone;
}

namespace {

// What the restored store has to say of the one before: its audit ends in the file that was kept.
std::string epitaph(const std::string& kept) {
  if (kept.empty()) return "there was no store before";
  const std::string name = "kept as " + std::filesystem::path(kept).filename().string();
  try {
    store::Database before(store::Settings{kept});
    before.ready();
    const auto head = store::audit_head(before);
    return name + ", event " + std::to_string(head.id) + ", head " + head.hash;
  } catch (const base::Unavailable&) {
    return name + ", which can't be read";
  }
}

}  // namespace

int db_restore(Session& session, const std::string& file) {
  if (const std::string why = may_not_read(file); !why.empty()) {
    return fail(kFailed, why,
                "as root, roomkey works as the store's owner: copy the file to " +
                    folder_of_store(session) + " and chown it to that user");
  }
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    return fail(kFailed, "there is no file " + file);
  }
  const std::string kept = store::restore_store(session.database, file, session.now);
  store::Transaction transaction(session.database);
  append_change(transaction, session, "db_restore", std::nullopt, epitaph(kept));
  transaction.commit();
  std::cout << "restored: " << file << '\n';
  if (!kept.empty()) std::cout << "the store before is kept as " << kept << '\n';
  return kDone;
}

}  // namespace roomkey::cli
