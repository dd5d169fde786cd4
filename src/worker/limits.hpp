// How often one person may ask, and one address be refused, over all workers of both pools.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "roomkey/metrics/limiter.hpp"

namespace roomkey::worker {

class Limits {
 public:
  // `rate` is config::Config::person_rate; without it nothing is limited. The tables are files of
  // `directory`; this process's own where they can't be, as with metrics::Tally.
  Limits(std::optional<std::uint32_t> rate, const std::string& directory);

  // Counts a request of a person's. False where it is one too many.
  [[nodiscard]] bool ask(std::int64_t user_id, std::chrono::nanoseconds now) const;
  // Counts a refusal of who is nobody: 20 a second for an address. False where it is one too many.
  [[nodiscard]] bool refuse(std::string_view address, std::chrono::nanoseconds now) const;

 private:
  std::optional<metrics::Limiter> persons_, strangers_;
};

// A host has as many IPv6 addresses as it likes: all of a /64 are one.
[[nodiscard]] std::uint64_t key_of_address(std::string_view address);

}  // namespace roomkey::worker
