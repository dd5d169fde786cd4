#include "worker/limits.hpp"

#include <arpa/inet.h>

#include <array>
#include <utility>

namespace roomkey::worker {

namespace {

using metrics::Counters;
using metrics::Limiter;

constexpr std::uint32_t kStrangerRate = 20;

// The name changes with the form of the words.
Limiter limiter(const std::string& directory, const char* name, std::uint32_t rate) {
  if (!directory.empty()) {
    auto shared = Counters::open(directory + "/limit-1-" + name, Limiter::kSize);
    if (shared) return {std::move(*shared), rate};
  }
  return {Counters(Limiter::kSize), rate};
}

}  // namespace

Limits::Limits(std::optional<std::uint32_t> rate, const std::string& directory) {
  if (!rate) return;
  persons_.emplace(limiter(directory, "persons", *rate));
  strangers_.emplace(limiter(directory, "addresses", kStrangerRate));
}

bool Limits::ask(std::int64_t user_id, std::chrono::nanoseconds now) const {
  return !persons_ || persons_->allow(static_cast<std::uint64_t>(user_id), now);
}

bool Limits::refuse(std::string_view address, std::chrono::nanoseconds now) const {
  return !strangers_ || strangers_->allow(key_of_address(address), now);
}

std::uint64_t key_of_address(std::string_view address) {
  const std::string text(address);
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  const bool four = inet_pton(AF_INET, text.c_str(), bytes.data()) == 1;
  if (!four && inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return 0;
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < (four ? 4 : 8); ++i) key = key << 8U | bytes.at(i);
  return key;
}

}  // namespace roomkey::worker
