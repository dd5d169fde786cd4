// The store's files from outside, for whoever watches over them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "roomkey/store/database.hpp"

namespace roomkey::store {

struct FileSizes {
  std::int64_t store = 0;
  std::int64_t wal = 0;   // 0 where there is none
  std::int64_t free = 0;  // what is left to this user on their file system
};

// Throws base::Unavailable where the store's file can't be looked at.
[[nodiscard]] FileSizes file_sizes(const Database& database);

struct Backup {
  std::chrono::sys_seconds at{};
  std::int64_t bytes = 0;
};

// The newest of the files roomkey-*.db in a folder; nothing where there is none, or no folder.
// Throws base::Unavailable where the folder can't be looked at.
[[nodiscard]] std::optional<Backup> newest_backup(const std::string& directory);

}  // namespace roomkey::store
