#include "roomkey/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace roomkey::base {

namespace {

Result<std::string> read_all(std::FILE* file, std::size_t most) {
  std::string content;
  std::array<char, 16384> block{};
  while (const std::size_t size = std::fread(block.data(), 1, block.size(), file)) {
    if (size > most - content.size()) return Error{Code::payload_too_large, "too large"};
    content.append(block.data(), size);
  }
  if (std::ferror(file) != 0) return Error{Code::bad_request, std::strerror(errno)};
  return content;
}

struct Close {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using File = std::unique_ptr<std::FILE, Close>;

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t most) {
  const File file(std::fopen(path.c_str(), "rbe"));
  if (!file) return Error{Code::bad_request, std::strerror(errno)};
  return read_all(file.get(), most);
}

Result<std::string> read_regular_file(const std::string& path, std::size_t most) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  const File file(descriptor < 0 ? nullptr : fdopen(descriptor, "rb"));
  struct stat facts {};
  if (!file || fstat(descriptor, &facts) != 0) {
    return Error{Code::bad_request, std::strerror(errno)};
  }
  if (!S_ISREG(facts.st_mode)) return Error{Code::bad_request, "not a regular file"};
  return read_all(file.get(), most);
}

Result<std::string> read_standard_input(std::size_t most) { return read_all(stdin, most); }

}  // namespace roomkey::base
