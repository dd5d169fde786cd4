// Copies of a store as files: written beside, whole or not at all.
#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "roomkey/store/database.hpp"
#include "roomkey/store/verify.hpp"

namespace SQLite {
class Backup;
}

namespace roomkey::store::driver::sqlite {

// A file that is being written, for its owner alone; removed again, with what SQLite keeps beside
// it, unless keep() was called. What an interrupted one left under that name is removed first.
class NewFile {
 public:
  explicit NewFile(const std::string& path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  void keep() { kept_ = true; }
  [[nodiscard]] const std::string& path() const { return path_; }  // from the root on

 private:
  std::string path_;
  mode_t umask_before_;
  bool kept_ = false;
};

// Held while files are made in a folder: a second one at the same time would take the first one's
// unfinished files for leftovers. Unavailable where another process holds it. Ends with the
// process, however that ends.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int folder_;
};

// The folder in which the file is, or will be.
[[nodiscard]] std::string folder_of(const std::string& file);

// Removes the file and what SQLite may have left beside it.
void remove_store_file(const std::string& path);

// One step of `pages`, or all with kAllPages, again while another process holds the lock: SQLite's
// backup doesn't use the busy handler. Returns whether all is copied.
inline constexpr int kAllPages = -1;
bool step(SQLite::Backup& backup, int pages);

// The whole content of `from` at one moment, as a single file without WAL.
void write_copy(Database& from, const NewFile& file);

// Through to the disk, then under its name, whatever was there before.
void sync_to_disk(const std::string& path);
void put_in_place(NewFile& file, const std::string& path);

// Throws Unavailable with all faults of the file that is called `what`.
void require_sound(const Verdict& verdict, const std::string& what);

// Refuses the store itself as the file of its backup.
void require_elsewhere(const Database& database, const std::string& file);

}  // namespace roomkey::store::driver::sqlite
