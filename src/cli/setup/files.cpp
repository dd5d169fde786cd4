#include "cli/setup/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "roomkey/base/file.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::cli::setup {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_at(const std::string& path) {
  throw std::runtime_error(path + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : number_(open(path.c_str(), flags, 0600)) {
    if (number_ < 0) fail_at(path);
  }
  ~Descriptor() { close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

void write_all(int file, const std::string& path, std::string_view rest) {
  while (!rest.empty()) {
    const ssize_t size = ::write(file, rest.data(), rest.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail_at(path);
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
}

void sync_folder(const std::string& path) {
  const Descriptor folder(fs::path(path).parent_path(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fsync(folder.number()) != 0) fail_at(path);
}

// Whole under another name first, so that nobody ever reads half of it or may read too much.
void replace(const std::string& path, std::string_view content, mode_t mode, uid_t owner,
             gid_t group) {
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());
  try {
    const Descriptor file(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
    write_all(file.number(), fresh, content);
    const bool given = geteuid() != 0 || fchown(file.number(), owner, group) == 0;
    if (!given || fchmod(file.number(), mode) != 0 || fsync(file.number()) != 0) fail_at(fresh);
    if (rename(fresh.c_str(), path.c_str()) != 0) fail_at(path);
  } catch (const std::runtime_error&) {
    unlink(fresh.c_str());
    throw;
  }
  sync_folder(path);
}

}  // namespace

bool is_as(const std::string& path, const std::string& content, Access access) {
  struct stat state {};
  if (stat(path.c_str(), &state) != 0 || (state.st_mode & 07777) != access.mode) return false;
  if (geteuid() == 0 && (state.st_uid != 0 || state.st_gid != access.group)) return false;
  auto there = base::read_file(path);
  const bool same = there && *there == content;
  if (there) crypto::wipe(*there);
  return same;
}

FileChanges::~FileChanges() { static_cast<void>(undo()); }

void FileChanges::remember(const std::string& path) {
  struct stat state {};
  Before before{path, lstat(path.c_str(), &state) == 0, S_ISLNK(state.st_mode), "", 0, 0, 0};
  if (before.was_link) {
    before.content = fs::read_symlink(path);
  } else if (before.was_there) {
    auto content = base::read_file(path);
    if (!content) throw std::runtime_error(path + ": " + content.error().detail);
    before.content = std::move(*content);
    before.mode = state.st_mode & 07777;
    before.owner = state.st_uid;
    before.group = state.st_gid;
  } else if (errno != ENOENT) {
    fail_at(path);
  }
  before_.push_back(std::move(before));
}

void FileChanges::write(const std::string& path, const std::string& content, Access access) {
  const std::string real = fs::weakly_canonical(path);
  if (is_as(real, content, access)) return;
  remember(real);
  replace(real, content, access.mode, 0, access.group);
}

void FileChanges::link(const std::string& path, const std::string& target) {
  std::error_code none;
  if (fs::read_symlink(path, none) == target) return;
  remember(path);
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());
  if (symlink(target.c_str(), fresh.c_str()) != 0) fail_at(path);
  if (rename(fresh.c_str(), path.c_str()) != 0) fail_at(path);
  sync_folder(path);
}

void FileChanges::folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST) return;
    fail_at(path);
  }
  before_.push_back({path, false, false, "", 0, 0, 0});
  if (chmod(path.c_str(), 0755) != 0) fail_at(path);
}

void FileChanges::keep() {
  for (auto& before : before_) crypto::wipe(before.content);
  before_.clear();
}

void FileChanges::put_back(const Before& before) {
  if (!before.was_there) {
    if (std::remove(before.path.c_str()) != 0 && errno != ENOENT) fail_at(before.path);
  } else if (before.was_link) {
    unlink(before.path.c_str());
    if (symlink(before.content.c_str(), before.path.c_str()) != 0) fail_at(before.path);
  } else {
    replace(before.path, before.content, before.mode, before.owner, before.group);
  }
}

std::vector<std::string> FileChanges::undo() {
  std::vector<std::string> faults;
  for (auto before = before_.rbegin(); before != before_.rend(); ++before) {
    try {
      put_back(*before);
    } catch (const std::exception& fault) {
      faults.emplace_back(fault.what());
    }
    crypto::wipe(before->content);
  }
  before_.clear();
  return faults;
}

}  // namespace roomkey::cli::setup
