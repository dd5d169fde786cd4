#include "roomkey/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "roomkey/base/text.hpp"

namespace roomkey::base {

namespace {

// Files hold secrets: no block but the one that is handed out keeps what was read.
void grow(std::string& content, std::size_t size) {
  std::string larger(size, '\0');
  content.copy(larger.data(), content.size());
  explicit_bzero(content.data(), content.size());
  content.swap(larger);
}

Error refused(std::string& content, Error why) {
  explicit_bzero(content.data(), content.size());
  return why;
}

// Room for what the file has now, where it says that, and for seeing its end.
std::size_t likely_size(std::FILE* file, std::size_t most) {
  constexpr std::size_t kLeast = 16384;
  struct stat facts {};
  const bool says = fstat(fileno(file), &facts) == 0 && S_ISREG(facts.st_mode);
  const auto size = says ? static_cast<std::size_t>(facts.st_size) : 0;
  return std::max(kLeast, std::min(size, most) + 1);
}

Result<std::string> read_all(std::FILE* file, std::size_t most) {
  static_cast<void>(std::setvbuf(file, nullptr, _IONBF, 0));
  std::string content(likely_size(file, most), '\0');
  std::size_t size = 0;
  while (const auto got = std::fread(content.data() + size, 1, content.size() - size, file)) {
    size += got;
    if (size > most) return refused(content, {Code::payload_too_large, "too large"});
    if (size == content.size()) grow(content, 2 * size);
  }
  if (std::ferror(file) != 0) {
    return refused(content, {Code::bad_request, std::strerror(errno)});
  }
  content.resize(size);
  return content;
}

struct Close {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using File = std::unique_ptr<std::FILE, Close>;

bool is_text(std::string_view content) {
  if (!is_utf8(content)) return false;
  for (std::size_t at = 0; at < content.size();) {
    const char32_t point = next_code_point(content, at);
    const bool blank = point == '\t' || point == '\n' || point == '\r';
    if (!blank && (point < 0x20 || (point >= 0x7F && point < 0xA0))) return false;
  }
  return true;
}

}  // namespace

std::string_view without_line_end(std::string_view content) {
  if (!is_text(content)) return content;
  return content.substr(0, content.find_last_not_of("\r\n") + 1);
}

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
