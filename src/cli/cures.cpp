#include "cli/cures.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace roomkey::cli {

using Cause = base::Unavailable::Cause;

bool may_read(const std::string& path) { return ::access(path.c_str(), R_OK) == 0; }

bool is_closed(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0 && !may_read(path);
}

std::string_view hint_for(Cause cause) {
  switch (cause) {
    case Cause::missing:
      return "`roomkey db migrate` makes the store that ROOMKEY_DB names; the folder must be there";
    case Cause::not_made: return "the folder must be one that this user may write in";
    case Cause::locked: return "another program holds it; try again";
    case Cause::disk_full:
    case Cause::disk_fails:
      return "see whether the store's disk is full (df -h) or fails (journalctl -k)";
    default: return "";
  }
}

std::string cure_for_store(Cause cause) {
  switch (cause) {
    case Cause::older_schema: return "Run `roomkey db migrate`.";
    case Cause::locked: return "Another program holds it: try again.";
    case Cause::newer_schema: return "Install the newer roomkey that made it.";
    default: return "See that ROOMKEY_DB names roomkey's store, and that it answers.";
  }
}

std::string cure_for_store(Cause cause, const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) {
    if (errno == EACCES) return "Run roomkey as root.";
    return "`roomkey db migrate` makes the store that ROOMKEY_DB names; the folder must be there. "
           "If there was one, `roomkey db restore FILE` brings a backup back.";
  }
  const auto folder = std::filesystem::absolute(path).parent_path().string();
  switch (cause) {
    case Cause::older_schema:
    case Cause::locked:
    case Cause::newer_schema: return cure_for_store(cause);
    case Cause::no_inodes:
      return "Remove files that nobody needs (df -i " + folder +
             "): it is their number that counts.";
    case Cause::quota:
      return "Raise the quota of the folder's owner, or make room (quota, repquota; df -h " +
             folder + ").";
    case Cause::disk_read_only:
      return "See why (journalctl -k: a disk that fails is made read-only), then mount -o "
             "remount,rw what holds " +
             folder + ", and see `roomkey db verify`.";
    case Cause::disk_full:
    case Cause::disk_fails:
      return "See whether its disk is full (df -h " + folder +
             ") and make room: all is well then, nothing is lost. If there is room, see whether "
             "the disk fails (journalctl -k).";
    default: break;
  }
  if (cause == Cause::not_allowed || ::access(path.c_str(), R_OK | W_OK) != 0) {
    return "See who may write the store and its folder (ls -la): the workers' user must. "
           "Installed: chown -R roomkey:roomkey /var/lib/roomkey";
  }
  return "See that ROOMKEY_DB names roomkey's store. If it does, it is broken: `roomkey db restore "
         "FILE` brings a backup back and keeps what is there.";
}

}  // namespace roomkey::cli
