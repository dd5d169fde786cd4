#include "roomkey/metrics/limiter.hpp"

#include <random>

namespace roomkey::metrics {

namespace {

// Of a word the lower 40 bits are microseconds, which are the same again after twelve days; a time
// that is further ahead than any share can be is long past.
constexpr std::uint64_t kTime = (std::uint64_t{1} << 40U) - 1;
constexpr std::uint64_t kShare = 10'000'000;  // ten seconds' worth at once
constexpr std::size_t kSeed = 0;              // the counter that holds it

std::uint64_t ahead_of(std::uint64_t word, std::uint64_t now) {
  const std::uint64_t ahead = (word - now) & kTime;
  return ahead <= kShare ? ahead : 0;
}

// One to one, and every bit of the key counts for each of the hash (splitmix64's last step).
std::uint64_t mixed(std::uint64_t key) {
  key = (key ^ (key >> 30U)) * 0xbf58476d1ce4e5b9;
  key = (key ^ (key >> 27U)) * 0x94d049bb133111eb;
  return key ^ (key >> 31U);
}

// The first to come chooses it.
void make_seed(const Counters& counters) {
  if (counters.read(kSeed) != 0) return;
  std::random_device random;
  const std::uint64_t seed = (std::uint64_t{random()} << 32U) | random() | 1U;
  static_cast<void>(counters.exchange(kSeed, 0, seed));
}

}  // namespace

Limiter::Limiter(Counters counters, std::uint32_t rate)
    : counters_(std::move(counters)), step_(1'000'000 / rate) {
  make_seed(counters_);
}

bool Limiter::allow(std::uint64_t key, std::chrono::nanoseconds now) const {
  using std::chrono::microseconds;
  const auto time =
      static_cast<std::uint64_t>(std::chrono::duration_cast<microseconds>(now).count());
  const std::uint64_t hash = mixed(key ^ counters_.read(kSeed));
  for (;;) {
    const Place place = find(hash, time);
    const std::uint64_t ahead = place.ahead + step_;
    if (ahead > kShare) return false;
    const std::uint64_t word = (hash & ~kTime) | ((time + ahead) & kTime);
    if (counters_.exchange(place.index, place.word, word)) return true;
  }
}

// The key's own word, or else the one of its set that comes to its end first.
Limiter::Place Limiter::find(std::uint64_t hash, std::uint64_t now) const {
  const std::size_t first = 1 + (hash % kSets) * kWays;
  Place free{first, 0, kShare + 1};
  for (std::size_t index = first; index < first + kWays; ++index) {
    const std::uint64_t word = counters_.read(index);
    const std::uint64_t ahead = ahead_of(word, now);
    if (((word ^ hash) & ~kTime) == 0) return {index, word, ahead};
    if (ahead < free.ahead) free = {index, word, ahead};
  }
  return {free.index, free.word, 0};
}

}  // namespace roomkey::metrics
