// SQLite's: the store's files from outside, for whoever watches over them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "roomkey/store/database.hpp"

namespace roomkey::store::driver::sqlite {

struct FileSizes {
  std::int64_t store = 0;
  std::int64_t wal = 0;   // 0 where there is none
  std::int64_t free = 0;  // what is left to this user on their file system
};

// Throws base::Unavailable where the store's file can't be looked at.
[[nodiscard]] FileSizes file_sizes(const Database& database);

// That the store's folder takes more. What SQLite writes and undoes doesn't show it: until a commit
// that stays in memory. So this writes 64 KiB, more than the largest group of requests needs, into
// a file without a name, which is gone when it is closed and never synced: 0.1 ms. Throws
// base::Unavailable where the disk is full, has no inodes left, is read-only or fails, or the
// owner's quota is used up. A store in memory always takes more.
void probe_room(const Database& database);

// The file system that holds `path`, an absolute one without links, by the text of
// /proc/self/mountinfo (proc(5)): "ext4", "nfs4", "fuse.sshfs". Empty where that doesn't say.
[[nodiscard]] std::string file_system_of(std::string_view mountinfo, const std::string& path);
// Whether SQLite's locks and its shared memory can't be relied on there (sqlite.org/wal.html: all
// processes must be on one machine; sqlite.org/howtocorrupt.html section 2.1).
[[nodiscard]] bool is_network_file_system(std::string_view type);

struct Backup {
  std::chrono::sys_seconds at{};
  std::int64_t bytes = 0;
};

// The newest of the files roomkey-*.db in a folder; nothing where there is none, or no folder.
// Throws base::Unavailable where the folder can't be looked at.
[[nodiscard]] std::optional<Backup> newest_backup(const std::string& directory);

}  // namespace roomkey::store::driver::sqlite
