#include "cli/cures.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <filesystem>

namespace roomkey::cli {

using Cause = base::Unavailable::Cause;

bool may_read(const std::string& path) { return ::access(path.c_str(), R_OK) == 0; }

bool is_closed(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0 && !may_read(path);
}

namespace {

// For a store that a server keeps.
std::string_view hint_for_server(Cause cause) {
  switch (cause) {
    case Cause::no_library: return "install the package libpq5: apt install libpq5";
    case Cause::away:
      return "see that the server runs, and that ROOMKEY_DB leads to it from this machine";
    case Cause::refused:
      return "see the role and its password (ROOMKEY_DB, ROOMKEY_DB_PASSWORD), the server's "
             "pg_hba.conf, and whether it wants TLS (sslmode)";
    case Cause::no_database:
      return "make the database (CREATE DATABASE), then the store in it: `roomkey db migrate`";
    case Cause::too_many:
      return "raise the server's max_connections, or run fewer workers: each holds one";
    case Cause::read_only:
      return "name every server in ROOMKEY_DB, with commas between: the one that takes changes is "
             "found by itself";
    case Cause::alone:
      return "see why its standby is gone (synchronous_standby_names), or set "
             "ROOMKEY_DB_ALONE=allow where one server is enough";
    case Cause::conflict: return "try again";
    case Cause::unknown_outcome: return "see whether it was done, and try again if it was not";
    default: return "";
  }
}

std::string sentence(std::string_view hint) {
  std::string text(hint);
  text[0] = static_cast<char>(std::toupper(text[0]));
  return text + '.';
}

}  // namespace

std::string_view hint_for(Cause cause) {
  switch (cause) {
    case Cause::missing:
      return "`roomkey db migrate` makes the store that ROOMKEY_DB names; the folder must be there";
    case Cause::not_made: return "the folder must be one that this user may write in";
    case Cause::locked: return "another program holds it; try again";
    case Cause::disk_full:
    case Cause::disk_fails:
      return "see whether the store's disk is full (df -h) or fails (journalctl -k)";
    case Cause::no_inodes: return "remove files that nobody needs (df -i)";
    case Cause::quota: return "raise the quota of the folder's owner, or make room";
    case Cause::disk_read_only:
      return "see why (journalctl -k: a disk that fails is made read-only), and mount it for "
             "writing";
    case Cause::not_allowed:
      return "see who may write the store: its file and folder, or what its role was granted";
    default: return hint_for_server(cause);
  }
}

std::string cure_for_store(Cause cause) {
  switch (cause) {
    case Cause::older_schema: return "Run `roomkey db migrate`.";
    case Cause::locked: return "Another program holds it: try again.";
    case Cause::newer_schema: return "Install the newer roomkey that made it.";
    case Cause::not_allowed: return "See what its role was granted (docs/postgresql.md).";
    case Cause::disk_full:
    case Cause::disk_fails: return "See to the server's disk: all is well then, nothing is lost.";
    case Cause::unreadable: return "See that ROOMKEY_DB names roomkey's own database.";
    default: break;
  }
  const auto hint = hint_for_server(cause);
  return hint.empty() ? "See that ROOMKEY_DB names roomkey's store, and that it answers."
                      : sentence(hint);
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
