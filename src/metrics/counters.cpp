#include "roomkey/metrics/counters.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace roomkey::metrics {

namespace {

static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free);

base::Error unusable(const std::string& why) { return {base::Code::bad_request, why}; }

// Nothing where all is well.
std::string fault_of(int file, std::size_t bytes) {
  struct stat there {};
  if (fstat(file, &there) != 0) return std::strerror(errno);
  if (!S_ISREG(there.st_mode)) return "not a regular file";
  if (there.st_uid != geteuid()) return "the file belongs to another user";
  if ((there.st_mode & 022U) != 0) return "others may write to the file";
  if (static_cast<std::size_t>(there.st_size) > bytes) return "the file is too long";
  // What is missing becomes zeros, and however many do this at once, none undoes another's.
  if (fallocate(file, 0, 0, static_cast<off_t>(bytes)) != 0) return std::strerror(errno);
  return {};
}

// Locks of an open file description: they go with it, and threads or tests of one process count.
flock lock_at(std::int64_t first, std::int64_t length) {
  flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = first;
  lock.l_len = length;
  return lock;
}

// Locks may lie anywhere, beyond the file's end too.
std::int64_t first_lock_of(std::size_t group) {
  return static_cast<std::int64_t>(group * Counters::kMostPresent);
}

}  // namespace

Counters::Counters(std::size_t size) : size_(size) { map(MAP_PRIVATE | MAP_ANONYMOUS); }

Counters::Counters(int file, std::size_t size) : file_(file), size_(size) { map(MAP_SHARED); }

Counters::Counters(Counters&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      values_(std::exchange(other.values_, nullptr)),
      group_(other.group_) {}

Counters::~Counters() {
  if (values_ != nullptr) munmap(values_, size_ * sizeof *values_);
  if (file_ >= 0) close(file_);
}

void Counters::map(int flags) {
  void* mapped = mmap(nullptr, size_ * sizeof *values_, PROT_READ | PROT_WRITE, flags, file_, 0);
  if (mapped == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  values_ = static_cast<std::uint64_t*>(mapped);
}

base::Result<Counters> Counters::open(const std::string& path, std::size_t size) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  const int file = ::open(path.c_str(), kFlags, 0600);
  if (file < 0) return unusable(std::strerror(errno));
  const std::string fault = fault_of(file, size * sizeof(std::uint64_t));
  if (fault.empty()) return Counters(file, size);
  close(file);
  return unusable(fault);
}

bool Counters::in_place() const {
  struct stat there {};
  return file_ < 0 || (fstat(file_, &there) == 0 && there.st_nlink > 0);
}

void Counters::join(std::size_t group) {
  group_ = group;
  if (file_ < 0) return;
  const std::int64_t first = first_lock_of(group);
  for (std::size_t i = 0; i < kMostPresent; ++i) {
    flock lock = lock_at(first + static_cast<std::int64_t>(i), 1);
    if (fcntl(file_, F_OFD_SETLK, &lock) == 0) return;
  }
}

std::size_t Counters::present(std::size_t group) const {
  const std::size_t self = group == group_ ? 1 : 0;
  if (file_ < 0) return self;
  const std::int64_t first = first_lock_of(group);
  return self + locked(first, first + static_cast<std::int64_t>(kMostPresent));
}

// Locks of others in this span. The kernel tells of one of them, not of the first.
std::size_t Counters::locked(std::int64_t first, std::int64_t end) const {
  if (first >= end) return 0;
  flock lock = lock_at(first, end - first);
  if (fcntl(file_, F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return 0;
  return 1 + locked(first, lock.l_start) + locked(lock.l_start + 1, end);
}

}  // namespace roomkey::metrics
