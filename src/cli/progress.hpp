// How far a long command is, on a terminal's last line; nothing where standard error is none.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace roomkey::cli {

class Progress {
 public:
  Progress();
  // Takes the line away again.
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of `total`, of what `doing` says. Draws now and then, and not in the first half second.
  void show(const std::string& doing, std::size_t done, std::size_t total);
  void clear();

 private:
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_;
};

// The line, without its end: `reading a.json [####----] 50 %`. `doing` is cut at 40 bytes.
[[nodiscard]] std::string progress_line(const std::string& doing, std::size_t done,
                                        std::size_t total);

}  // namespace roomkey::cli
