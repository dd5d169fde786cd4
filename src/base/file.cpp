#include "roomkey/base/file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

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

Result<std::string> read_all(std::FILE* file, std::size_t most) {
  constexpr std::size_t kFirst = 16384;
  static_cast<void>(std::setvbuf(file, nullptr, _IONBF, 0));
  std::string content(kFirst, '\0');
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

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t most) {
  const auto close = [](std::FILE* file) { static_cast<void>(std::fclose(file)); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rbe"), close);
  if (!file) return Error{Code::bad_request, std::strerror(errno)};
  return read_all(file.get(), most);
}

Result<std::string> read_standard_input(std::size_t most) { return read_all(stdin, most); }

}  // namespace roomkey::base
