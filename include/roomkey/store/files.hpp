// What a store that lies in files of this machine tells of them, for whoever watches over it: an
// optional part of its driver, by Database::files().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "roomkey/store/database.hpp"

namespace roomkey::store {

struct FileSizes {
  std::int64_t store = 0;
  std::int64_t wal = 0;                      // 0 where there is none
  std::int64_t free = 0;                     // what is left to this user on their file system
  std::optional<std::int64_t> reserve = {};  // 0 where it was let go; nullopt where none was made
};

struct Files {
  // The store's own, then those beside it, there or not. One user owns them all, and their folder.
  std::vector<std::string> (*paths)(const Database& database);

  // Throws base::Unavailable where the store's file can't be looked at.
  FileSizes (*sizes)(const Database& database);

  // That the store's folder takes more. Throws base::Unavailable where the disk is full, has no
  // inodes left, is read-only or fails, or the owner's quota is used up.
  void (*probe_room)(const Database& database);

  // The reserve: a file beside the store that holds this many bytes (at least 1) of the disk, so
  // that there is something to let go where it is full. One of another size is replaced. Throws
  // base::Unavailable where it would leave less free than it takes, or can't be made.
  void (*keep_reserve)(const Database& database, std::int64_t bytes);
  // Gives its room back; the file stays, empty, for whoever asks later. False where there was none.
  bool (*let_reserve_go)(const Database& database);

  // The type of the file system that holds the store ("nfs4", "fuse.sshfs"), where its driver can't
  // rely on that; else empty.
  std::string (*doubtful_file_system)(const Database& database);
};

}  // namespace roomkey::store
