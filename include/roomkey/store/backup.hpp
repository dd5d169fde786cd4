// The store's life as a file. Every fault is thrown as base::Unavailable, naming what is wrong.
#pragma once

#include <string>
#include <vector>

#include "roomkey/store/audit.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::store {

struct FileVerdict {
  AuditVerdict audit;
  std::vector<std::string> faults;  // the audit's included; empty where the file is sound
};

// SQLite's integrity check, foreign keys, schema version, audit chain.
[[nodiscard]] FileVerdict verify_store(Database& database);

// A copy of the store at one moment, while others go on writing (SQLite's online backup). It is
// complete and verified before it gets its name: an existing file there is replaced whole or not at
// all. Mode 0600.
void backup_store(Database& database, const std::string& file);

// Puts a backup's content in the store's place, in one transaction that running workers see as one
// change. Refuses a file that does not verify. The content before it is kept beside the store;
// returns that file's name, or nothing where there was no store.
[[nodiscard]] std::string restore_store(Database& database, const std::string& file,
                                        std::chrono::sys_seconds now);

}  // namespace roomkey::store
