// Backups that roomkey makes and puts back by itself: an optional part of a store's driver, by
// Database::backups(). Every fault is thrown as base::Unavailable, naming what is wrong.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "roomkey/store/verify.hpp"

namespace roomkey::store {

struct Backup {
  std::chrono::sys_seconds at{};
  std::int64_t bytes = 0;
};

struct DatedBackup {
  std::string file;  // with its folder
  Verdict verdict;
};

struct Restored {
  std::string kept;  // the address of the store of before; empty where there was none
  int schema = 0;    // the backup's, from which it was brought up to date
};

// The event that the restored store's audit is to go on with; `kept` as above.
using RestoreNote = std::function<AuditEvent(const std::string& kept)>;

struct Backups {
  // A copy of the store at one moment, while others go on writing. It is complete, verified and
  // sealed by a checksum before it gets its name: an existing file there is replaced whole or not
  // at all. Mode 0600. What an interrupted backup leaves is `<file>.partial`, which the next one
  // removes.
  Verdict (*write)(Database& database, const std::string& file);

  // The same as `roomkey-YYYYMMDDTHHMMSSZ.db` in a folder, which is made (0700) where its parent is
  // there.
  DatedBackup (*write_into)(Database& database, const std::string& folder,
                            std::chrono::sys_seconds now);

  // Removes all files of that name pattern but the newest `keep` (at least 1), and never `fresh`,
  // which counts; returns their names. Nothing else is touched.
  std::vector<std::string> (*remove_old)(const std::string& folder, const std::string& fresh,
                                         std::size_t keep);

  // The newest of the files roomkey-*.db in a folder; nothing where there is none, or no folder.
  // Throws base::Unavailable where the folder can't be looked at.
  std::optional<Backup> (*newest)(const std::string& folder);

  // Puts a backup's content in the store's place, in one transaction that running workers see as
  // one change. An older schema is brought up to date before, in a copy. Refuses a file that does
  // not verify, and one of a newer schema. The content before it is kept beside the store. The
  // event comes with the content: no restore is ever seen without it. `note` may be empty.
  Restored (*restore)(Database& database, const std::string& file, std::chrono::sys_seconds now,
                      const RestoreNote& note);
};

}  // namespace roomkey::store
