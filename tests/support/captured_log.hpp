// What the log writes to standard error while this lives.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "roomkey/base/log.hpp"

namespace roomkey::test {

class CapturedLog {
 public:
  explicit CapturedLog(std::string_view level = "info")
      : memory_(memfd_create("log", 0)), before_(dup(STDERR_FILENO)) {
    dup2(memory_, STDERR_FILENO);
    base::set_up_log(level);
  }
  ~CapturedLog() {
    dup2(before_, STDERR_FILENO);
    close(before_);
    close(memory_);
    base::set_up_log("error");
  }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;

  [[nodiscard]] std::string text() const {
    std::string result(static_cast<std::size_t>(lseek(memory_, 0, SEEK_END)), '\0');
    const auto size = pread(memory_, result.data(), result.size(), 0);
    result.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return result;
  }

 private:
  int memory_;
  int before_;
};

}  // namespace roomkey::test
