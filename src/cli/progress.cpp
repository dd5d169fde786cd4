#include "cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace roomkey::cli {

namespace {

using Clock = std::chrono::steady_clock;
constexpr const char* kEmptyLine = "\r\x1b[K";

}  // namespace

Progress::Progress()
    : terminal_(isatty(STDERR_FILENO) == 1), next_(Clock::now() + std::chrono::milliseconds{500}) {}

void Progress::show(const std::string& doing, std::size_t done, std::size_t total) {
  if (!terminal_ || Clock::now() < next_) return;
  next_ = Clock::now() + std::chrono::milliseconds{100};
  drawn_ = true;
  std::cerr << kEmptyLine << progress_line(doing, done, total) << std::flush;
}

void Progress::clear() {
  if (drawn_) std::cerr << kEmptyLine << std::flush;
  drawn_ = false;
}

std::string progress_line(const std::string& doing, std::size_t done, std::size_t total) {
  constexpr std::size_t kCells = 30;
  const std::size_t part = total == 0 ? 100 : std::min<std::size_t>(100, done * 100 / total);
  const std::size_t full = part * kCells / 100;
  return doing.substr(0, 40) + " [" + std::string(full, '#') + std::string(kCells - full, '-') +
         "] " + std::to_string(part) + " %";
}

}  // namespace roomkey::cli
