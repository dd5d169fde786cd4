// `metrics` owns what is counted, over all workers, the text in which it is told, and who has asked
// too often. It knows `base` alone.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "roomkey/base/result.hpp"

namespace roomkey::metrics {

// 64-bit counters that several processes share by mapping one file. Each change is one atomic
// instruction, so a process that is killed leaves them whole; nothing here takes a lock to count.
//
// A mapped page that the file no longer has ends the process (SIGBUS). So the file's blocks are
// taken when it is opened, and it must lie where nobody else may shorten it. Whoever can, can stop
// the workers; started again they make it whole.
class Counters {
 public:
  // Of this process alone; all 0.
  explicit Counters(std::size_t size);
  // Those in the file, which is made where it is missing. bad_request with words for a log line,
  // without the path, where the file can't be had or isn't this user's alone.
  [[nodiscard]] static base::Result<Counters> open(const std::string& path, std::size_t size);

  ~Counters();
  Counters(Counters&& other) noexcept;
  Counters& operator=(Counters&&) = delete;

  // `index` is below size.
  void add(std::size_t index, std::uint64_t by = 1) const {
    std::atomic_ref(values_[index]).fetch_add(by, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t read(std::size_t index) const {
    return std::atomic_ref(values_[index]).load(std::memory_order_relaxed);
  }

  // Makes it `wanted` where it is still `expected`; false, and nothing is done, where it isn't.
  [[nodiscard]] bool exchange(std::size_t index, std::uint64_t expected,
                              std::uint64_t wanted) const {
    return std::atomic_ref(values_[index])
        .compare_exchange_strong(expected, wanted, std::memory_order_relaxed);
  }

  // False where the file was taken away since: others count elsewhere by now.
  [[nodiscard]] bool in_place() const;

  // From now to its end this process is there, in one group. Kept by a lock on a byte of the file,
  // which the kernel takes back however the process ends. Not more than kMostPresent are noticed.
  void join(std::size_t group);
  // How many of a group are there.
  [[nodiscard]] std::size_t present(std::size_t group) const;
  static constexpr std::size_t kMostPresent = 256;

 private:
  Counters(int file, std::size_t size);
  void map(int flags);
  [[nodiscard]] std::size_t locked(std::int64_t first, std::int64_t end) const;

  int file_ = -1;
  std::size_t size_;
  std::uint64_t* values_ = nullptr;
  std::size_t group_ = SIZE_MAX;  // this process's own, once it joined
};

}  // namespace roomkey::metrics
