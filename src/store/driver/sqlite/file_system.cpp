// Where the store lies: which file system that is, and whether it takes more.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "roomkey/base/file.hpp"
#include "store/driver/sqlite/files.hpp"

namespace roomkey::store::driver::sqlite {

namespace {

constexpr std::size_t kRoom = 64 * 1024;

// SQLite puts its files beside the file that a link leads to.
std::filesystem::path real_folder_of(const std::string& path) {
  std::error_code fault;
  const auto real = std::filesystem::canonical(path, fault);
  return (fault ? std::filesystem::absolute(path, fault) : real).parent_path();
}

bool has_no_inodes(const std::filesystem::path& folder) {
  struct statvfs room {};
  return statvfs(folder.c_str(), &room) == 0 && room.f_files > 0 && room.f_favail == 0;
}

base::Unavailable fault_of(int error, const std::filesystem::path& folder) {
  using base::Unavailable;
  using Cause = Unavailable::Cause;
  switch (error) {
    case ENOSPC:
      return has_no_inodes(folder)
                 ? Unavailable("the store: its disk has no inodes left", Cause::no_inodes)
                 : Unavailable("the store: its disk is full", Cause::disk_full);
    // A limit of this process (setrlimit).
    case EFBIG: return Unavailable("the store: its disk is full", Cause::disk_full);
    case EDQUOT: return Unavailable("the store: its owner's disk quota is used up", Cause::quota);
    case EROFS:
      return Unavailable("the store: its file system is read-only", Cause::disk_read_only);
    case EACCES:
    case EPERM: return Unavailable("the store: its folder may not be written", Cause::not_allowed);
    default:
      return Unavailable(std::string("the store: its folder can't be written: ") +
                         std::strerror(error));
  }
}

// Where the file system knows no files without a name, one that loses its name at once.
int open_unnamed(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return file;
  std::string name = folder / ".roomkey-probe-XXXXXX";
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) unlink(name.c_str());
  return named;
}

// 0, or the error.
int write_all(int file) {
  static constexpr std::array<char, kRoom> kZeros{};
  for (std::size_t done = 0; done < kRoom;) {
    const ssize_t size = write(file, kZeros.data() + done, kRoom - done);
    if (size < 0 && errno != EINTR) return errno;
    if (size == 0) return ENOSPC;
    if (size > 0) done += static_cast<std::size_t>(size);
  }
  return 0;
}

// A path in mountinfo, where blanks and backslashes are octal.
std::string unescaped(std::string_view text) {
  std::string path;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 3 >= text.size()) {
      path += text[at];
      continue;
    }
    int code = 0;
    for (int digit = 0; digit < 3; ++digit) code = code * 8 + (text[++at] - '0');
    path += static_cast<char>(code);
  }
  return path;
}

std::string_view word(std::string_view line, int number) {
  for (; number > 0 && !line.empty(); --number) {
    line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
  }
  return line.substr(0, line.find(' '));
}

bool is_above(const std::string& mount, const std::string& path) {
  if (mount == "/" || mount == path) return true;
  return path.starts_with(mount) && path[mount.size()] == '/';
}

}  // namespace

void probe_room(const Database& database) {
  if (database.path() == ":memory:") return;
  const auto folder = real_folder_of(database.path());
  const int file = open_unnamed(folder);
  int error = file < 0 ? errno : 0;
  if (error == 0) {
    error = write_all(file);
    close(file);
  }
  if (error != 0) throw fault_of(error, folder);
}

std::string reserve_path(const Database& database) { return database.path() + "-reserve"; }

void keep_reserve(const Database& database, std::int64_t bytes) {
  const FileSizes sizes = file_sizes(database);
  if (sizes.reserve == bytes) return;
  if (sizes.free + sizes.reserve.value_or(0) < 2 * bytes) {
    throw base::Unavailable("the store: its disk has no room for such a reserve",
                            base::Unavailable::Cause::disk_full);
  }
  const std::string path = reserve_path(database);
  unlink(path.c_str());
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  const int error = file < 0 ? errno : posix_fallocate(file, 0, bytes);
  if (file >= 0) close(file);
  if (error == 0) return;
  unlink(path.c_str());
  throw fault_of(error, real_folder_of(database.path()));
}

bool let_reserve_go(const Database& database) {
  const std::string path = reserve_path(database);
  struct stat facts {};
  const bool there = lstat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
  return there && facts.st_size > 0 && truncate(path.c_str(), 0) == 0;
}

std::string doubtful_file_system(const Database& database) {
  std::error_code none;
  const auto path = std::filesystem::canonical(database.path(), none).string();
  const auto mounts = base::read_file("/proc/self/mountinfo");
  if (none || !mounts) return {};
  std::string type = file_system_of(*mounts, path);
  return is_network_file_system(type) ? type : "";
}

std::string file_system_of(std::string_view mountinfo, const std::string& path) {
  constexpr int kMountPoint = 4;
  constexpr std::string_view kBeforeType = " - ";
  std::string type;
  std::size_t longest = 0;
  while (!mountinfo.empty()) {
    const std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
    const std::string mount = unescaped(word(line, kMountPoint));
    const std::size_t dash = line.find(kBeforeType);
    if (mount.empty() || dash == line.npos || !is_above(mount, path)) continue;
    if (mount.size() < longest) continue;  // a later mount hides one of the same place
    longest = mount.size();
    type = word(line.substr(dash + kBeforeType.size()), 0);
  }
  return type;
}

bool is_network_file_system(std::string_view type) {
  static constexpr std::array<std::string_view, 24> kNetwork{
      "nfs",   "nfs4",  "cifs",      "smb3",   "smbfs",  "9p",     "ceph",     "afs",
      "coda",  "ncpfs", "ncp",       "lustre", "gpfs",   "beegfs", "orangefs", "pvfs2",
      "ocfs2", "gfs2",  "glusterfs", "vboxsf", "vmhgfs", "prl_fs", "virtiofs", "fuse"};
  // Programs that only show a local disk in another way.
  static constexpr std::array<std::string_view, 4> kLocal{"fuse.fuse-overlayfs", "fuse.mergerfs",
                                                          "fuse.bindfs", "fuse.gocryptfs"};
  if (std::find(kNetwork.begin(), kNetwork.end(), type) != kNetwork.end()) return true;
  return type.starts_with("fuse.") && std::find(kLocal.begin(), kLocal.end(), type) == kLocal.end();
}

}  // namespace roomkey::store::driver::sqlite
