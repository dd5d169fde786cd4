#include <SQLiteCpp/Backup.h>

#include <filesystem>

#include "roomkey/base/clock.hpp"
#include "store/driver/sqlite/backup.hpp"
#include "store/driver/sqlite/connection.hpp"
#include "store/driver/sqlite/copy.hpp"
#include "store/driver/sqlite/seal.hpp"
#include "store/query.hpp"

namespace roomkey::store::driver::sqlite {

namespace {

using base::Unavailable;

const std::string kStore = Settings{}.called;

int page_size(Database& database) {
  Query query(database, "PRAGMA page_size");
  return query.step() ? static_cast<int>(query.integer(0)) : 0;
}

// A WAL beside it holds pages of it, or says that it has fewer.
bool has_wal(const std::string& path) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(path + "-wal", missing);
  return !missing && size > 0;
}

// SQLite takes a page that lacks its end for one that ends in zeros, which may even be right.
void require_whole(Database& backup) {
  if (has_wal(backup.path())) return;
  Query size(backup, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  size.step();
  if (std::filesystem::file_size(backup.path()) < static_cast<std::uintmax_t>(size.integer(0))) {
    throw Unavailable("the backup was cut short");
  }
}

// After all else, which says more exactly what is wrong.
void require_unchanged(Database& backup) {
  if (has_wal(backup.path())) return;
  Query size(backup, "SELECT page_count, page_size FROM pragma_page_count, pragma_page_size");
  size.step();
  const auto page = static_cast<std::uintmax_t>(size.integer(1));
  const auto content = static_cast<std::uintmax_t>(size.integer(0)) * page;
  if (look_at_seal(backup.path(), content, page) == Seal::broken) {
    throw Unavailable("the backup is not what was written: its checksum differs");
  }
}

void check_backup(Database& backup) {
  backup.ready(Schema::older);
  require_whole(backup);
  if (backup.schema() == 0) throw Unavailable("the backup is empty");
  require_sound(verify_store(backup), "the backup");
  require_unchanged(backup);
}

// The backup with the store's page size, which SQLite's page by page copy demands.
void write_resized(Database& backup, int size, const NewFile& file) {
  guarded(kStore, [&] {
    SQLite::Database& source = file_of(backup);
    source.exec("PRAGMA page_size = " + std::to_string(size));
    SQLite::Statement vacuum(source, "VACUUM INTO ?");
    vacuum.bind(1, file.path());
    vacuum.exec();
  });
}

// Brings the copy's schema up to date; a single file afterwards, as before.
void bring_up_to_date(const NewFile& file) {
  Database copy(Settings{file.path()});
  copy.migrate();
  require_sound(verify_store(copy), "the backup, brought up to date,");
  guarded(kStore, [&] { file_of(copy).exec("PRAGMA journal_mode = DELETE"); });
}

// The backup's content in a file of its own, with pages of that size and the newest schema.
void write_fitting(Database& backup, int size, const NewFile& file) {
  page_size(backup) == size ? write_copy(backup, file) : write_resized(backup, size, file);
  if (backup.schema() < Database::newest_schema()) bring_up_to_date(file);
}

void add_note(const NewFile& file, const Database& backup, const RestoreNote& note,
              const std::string& kept) {
  if (!note) return;
  Database copy(Settings{.path = file.path(), .audit_key = backup.settings().audit_key});
  copy.ready();
  append_audit(copy, note(kept));
}

// Whole and with its journal mode first, then its name: workers that waited for it open it at once,
// and a file that is being read can't be turned to WAL.
void put_new_store(NewFile& fresh, const std::string& path) {
  Database(Settings{fresh.path()}).migrate();
  put_in_place(fresh, path);
}

void make_store(const std::string& path, Database& backup, const RestoreNote& note) {
  NewFile fresh(path + ".restoring");
  write_fitting(backup, page_size(backup), fresh);
  add_note(fresh, backup, note, "");
  put_new_store(fresh, path);
}

// A file that SQLite can't read makes room for a new one, with its WAL, which belongs to it.
void replace_unreadable(const std::string& path, Database& backup, const std::string& kept,
                        const RestoreNote& note) {
  NewFile fresh(path + ".restoring");
  write_fitting(backup, page_size(backup), fresh);
  add_note(fresh, backup, note, kept);
  for (const char* part : {"", "-wal", "-shm"}) {
    std::error_code missing;
    std::filesystem::rename(path + part, kept + part, missing);
  }
  put_new_store(fresh, path);
}

// Over a store in use, in one transaction. The copy that is kept is taken while that transaction
// holds the write lock, so no event can be lost between the two. The note, which names that copy's
// end, is added to the content meanwhile: SQLite notices and begins to copy anew.
void replace_content(Database& store, const NewFile& from, const std::string& kept,
                     const RestoreNote& note) {
  guarded(kStore, [&] {
    SQLite::Database source(from.path(), SQLite::OPEN_READONLY);
    NewFile copy(kept);
    SQLite::Backup content(file_of(store), source);
    step(content, 1);  // takes the write lock
    Database before(store.settings());
    before.ready(Schema::any);
    write_copy(before, copy);
    sync_to_disk(copy.path());
    add_note(from, store, note, kept);
    while (!step(content, kAllPages)) continue;
    copy.keep();
  });
}

void overwrite(Database& store, Database& backup, const std::string& kept,
               const RestoreNote& note) {
  const NewFile fitting(store.path() + ".restoring");
  write_fitting(backup, page_size(store), fitting);
  sync_to_disk(fitting.path());  // or the note's commit would do it, with the write lock held
  replace_content(store, fitting, kept, note);
}

// Puts the backup over the store that is there; one that can't be read makes room.
void replace_store(Database& store, Database& backup, const std::string& kept,
                   const RestoreNote& note) {
  if (std::filesystem::exists(kept))
    throw Unavailable("a copy with this second's time stamp already exists");
  try {
    store.ready(Schema::any);
  } catch (const Unavailable& fault) {
    if (fault.cause() != Unavailable::Cause::unreadable) throw;
    return replace_unreadable(store.path(), backup, kept, note);
  }
  overwrite(store, backup, kept, note);
}

}  // namespace

Restored restore_store(Database& database, const std::string& file, std::chrono::sys_seconds now,
                       const RestoreNote& note) {
  require_elsewhere(database, file);
  // From the root on, because a relative name with a colon is an address.
  const std::string path = std::filesystem::absolute(file);
  Database backup(
      Settings{.path = path, .called = "the backup", .audit_key = database.settings().audit_key});
  check_backup(backup);
  Restored restored{"", backup.schema()};
  const FolderLock lock(folder_of(database.path()));
  if (std::filesystem::exists(database.path())) {
    restored.kept = database.path() + ".before-restore-" + std::to_string(base::unix_seconds(now));
    Database store(database.settings());  // of any schema, which `database` must not be
    replace_store(store, backup, restored.kept, note);
  } else {
    make_store(database.path(), backup, note);
  }
  database.ready();
  return restored;
}

}  // namespace roomkey::store::driver::sqlite
