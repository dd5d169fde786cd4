// What the fuzzers share. Each is one file: bytes in, and promise() for what must hold whatever
// they are; a broken promise, like a sanitizer's finding, ends the run and keeps the input.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace roomkey::fuzz {

inline void promise(bool holds, std::string_view what, std::string_view shown = "") {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %.*s\n%.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(shown.size()), shown.data());
  std::abort();
}

// The input, taken apart from the front.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  // Up to the next newline, which is dropped.
  std::string_view line() {
    const auto taken = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(std::min(taken.size() + 1, rest_.size()));
    return taken;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace roomkey::fuzz

#define FUZZ(input)                                                                   \
  static void fuzz_one(roomkey::fuzz::Input input);                                   \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    fuzz_one(roomkey::fuzz::Input(data, size));                                       \
    return 0;                                                                         \
  }                                                                                   \
  static void fuzz_one(roomkey::fuzz::Input input)
