// How often each of many may do something, over all workers: the generic cell rate algorithm (ITU-T
// I.371), which is a leaky bucket in one number.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "roomkey/metrics/counters.hpp"

namespace roomkey::metrics {

// `rate` a second for each key, and ten times that at once. The table doesn't grow: a key has its
// place in one set of eight words, by a hash that no stranger can foretell. A word is 24 more bits
// of that hash and the time until when the key has used up its share. Where all eight are in use,
// the one that comes to its end first is forgotten: somebody is let in too often then, and nobody
// is held up by another's key (but where all 34 bits agree).
class Limiter {
 public:
  static constexpr std::size_t kSets = 1024;
  static constexpr std::size_t kWays = 8;
  static constexpr std::size_t kSize = 1 + kSets * kWays;  // counters that it needs

  // `counters` are kSize and nobody else's but other Limiters'; `rate` is 1 to 10,000.
  Limiter(Counters counters, std::uint32_t rate);

  // Counts one at `now` (base::Clock::steady()). False, and it is not counted, where that is too
  // many. Some loads and one atomic exchange: no lock, no allocation, no system call. A clock that
  // has been set back, by a start of the machine, forgets what was counted before.
  [[nodiscard]] bool allow(std::uint64_t key, std::chrono::nanoseconds now) const;

 private:
  struct Place {
    std::size_t index;
    std::uint64_t word;
    std::uint64_t ahead;  // microseconds of its share that are used up
  };
  [[nodiscard]] Place find(std::uint64_t hash, std::uint64_t now) const;

  Counters counters_;
  std::uint64_t step_;  // microseconds that one costs
};

}  // namespace roomkey::metrics
