// SQLite's: the store's life as a file. Every fault is thrown as base::Unavailable, naming what is
// wrong.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "roomkey/store/audit.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::store::driver::sqlite {

struct FileVerdict {
  int schema = 0;
  AuditVerdict audit;
  std::vector<std::string> faults;  // the audit's included; empty where the file is sound
};

// SQLite's integrity check, foreign keys, the schema that its version says, audit chain.
[[nodiscard]] FileVerdict verify_store(Database& database);

// A copy of the store at one moment, while others go on writing (SQLite's online backup). It is
// complete, verified and sealed by a checksum before it gets its name: an existing file there is
// replaced whole or not at all. Mode 0600. What an interrupted backup leaves is `<file>.partial`,
// which the next one removes.
FileVerdict backup_store(Database& database, const std::string& file);

struct DatedBackup {
  std::string file;  // with its folder
  FileVerdict verdict;
};

// The same as `roomkey-YYYYMMDDTHHMMSSZ.db` in a folder, which is made (0700) where its parent is
// there.
[[nodiscard]] DatedBackup backup_into(Database& database, const std::string& folder,
                                      std::chrono::sys_seconds now);

// Removes all files of that name pattern but the newest `keep` (at least 1), and never `fresh`,
// which counts; returns their names. Nothing else is touched.
[[nodiscard]] std::vector<std::string> remove_old_backups(const std::string& folder,
                                                          const std::string& fresh,
                                                          std::size_t keep);

struct Restored {
  std::string kept;  // the file that holds the store of before; empty where there was none
  int schema = 0;    // the backup's, from which it was brought up to date
};

// The event that the restored store's audit is to go on with; `kept` as above.
using RestoreNote = std::function<AuditEvent(const std::string& kept)>;

// Puts a backup's content in the store's place, in one transaction that running workers see as one
// change. An older schema is brought up to date before, in a copy. Refuses a file that does not
// verify, and one of a newer schema. The content before it is kept beside the store. The event
// comes with the content: no restore is ever seen without it.
[[nodiscard]] Restored restore_store(Database& database, const std::string& file,
                                     std::chrono::sys_seconds now, const RestoreNote& note = {});

}  // namespace roomkey::store::driver::sqlite
