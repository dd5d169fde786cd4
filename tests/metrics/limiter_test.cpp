#include "roomkey/metrics/limiter.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::test;
using namespace std::chrono_literals;
using roomkey::metrics::Counters;
using roomkey::metrics::Limiter;

constexpr std::chrono::nanoseconds kNow = 1000h;

Limiter alone(std::uint32_t rate = 10) { return {Counters(Limiter::kSize), rate}; }

Limiter in_file(const std::string& path) {
  return {accepted(Counters::open(path, Limiter::kSize)), 10};
}

// How many of `count` are let in, `apart` from each other.
int let_in(const Limiter& limiter, int count, std::chrono::nanoseconds from = kNow,
           std::chrono::nanoseconds apart = 0ns, std::uint64_t key = 7) {
  int in = 0;
  for (int i = 0; i < count; ++i) in += limiter.allow(key, from + i * apart) ? 1 : 0;
  return in;
}

TEST(ten_times_the_rate_is_let_in_at_once_and_the_rate_from_then_on) {
  for (const std::uint32_t rate : {1U, 3U, 10U, 10'000U}) {
    const Limiter limiter = alone(rate);
    const int share = static_cast<int>(rate) * 10;
    same(share, let_in(limiter, 2 * share), std::to_string(rate));
    same(0, let_in(limiter, 1, kNow + 90us), std::to_string(rate));
    same(rate, let_in(limiter, 2 * share, kNow + 1s), std::to_string(rate));
    same(share, let_in(limiter, 2 * share, kNow + 1h), "all is forgotten after ten seconds");
  }
}

TEST(who_keeps_to_the_rate_is_never_refused_and_who_does_not_gets_the_rate) {
  same(1000, let_in(alone(), 1000, kNow, 100ms));
  const int in = let_in(alone(), 10'000, kNow, 10ms);  // 100 a second for 100 s
  expect(in >= 1099 && in <= 1101, std::to_string(in));
}

TEST(nobody_is_held_up_by_others_however_many_they_are) {
  const Limiter limiter = alone();
  same(100, let_in(limiter, 200));
  for (std::uint64_t other = 100; other < 50'000; ++other) {
    expect(limiter.allow(other, kNow), std::to_string(other));
  }
  same(0, let_in(limiter, 1), "nor let in again by them");
  same(100, let_in(limiter, 200, kNow + 20s, 0ns, 8));
}

TEST(limits_of_one_file_are_one_limit_that_outlives_them) {
  const Folder folder;
  const std::string path = folder.file("limit");
  same(60, let_in(in_file(path), 60));
  const Limiter one = in_file(path);
  same(40, let_in(in_file(path), 60));
  same(0, let_in(one, 1));
}

TEST(not_one_too_many_is_let_in_by_many_at_once) {
  const Folder folder;
  const Counters let(accepted(Counters::open(folder.file("let"), 1)));
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    let.add(0, static_cast<std::uint64_t>(let_in(in_file(folder.file("limit")), 1000)));
    std::_Exit(0);
  }
  for (const pid_t child : children) waitpid(child, nullptr, 0);
  same(100, let.read(0));
}

TEST(a_clock_that_was_set_back_holds_nobody_up) {
  const Limiter limiter = alone();
  same(100, let_in(limiter, 200));
  same(100, let_in(limiter, 200, 1min));
  same(100, let_in(limiter, 200, 0s));
}

TEST(a_file_full_of_noise_holds_nobody_up_for_long) {
  const Folder folder;
  const std::string noise(Limiter::kSize * 8, '\xA5');
  const Limiter limiter = in_file(folder.file("limit", noise));
  same(100, let_in(limiter, 200, kNow + 20s));
}

}  // namespace
