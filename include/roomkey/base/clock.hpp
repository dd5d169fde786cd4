// Time as the rules see it: whole seconds, UTC. Rules take `now` as an argument; only the outermost
// layer asks a Clock, so a test can stand anywhere in time.
#pragma once

#include <chrono>

namespace roomkey::base {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual std::chrono::sys_seconds now() const = 0;
  // Never goes back while the machine runs, is the same in all its processes, and no date.
  [[nodiscard]] virtual std::chrono::nanoseconds steady() const {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_seconds now() const override {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  }
};

// Unix seconds, the form in which times stand in the store and in tokens.
[[nodiscard]] inline std::int64_t unix_seconds(std::chrono::sys_seconds time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] inline std::chrono::sys_seconds from_unix(std::int64_t seconds) {
  return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

}  // namespace roomkey::base
