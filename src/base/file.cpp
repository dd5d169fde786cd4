#include "roomkey/base/file.hpp"

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

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t most) {
  const auto close = [](std::FILE* file) { static_cast<void>(std::fclose(file)); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rbe"), close);
  if (!file) return Error{Code::bad_request, std::strerror(errno)};
  return read_all(file.get(), most);
}

Result<std::string> read_standard_input(std::size_t most) { return read_all(stdin, most); }

}  // namespace roomkey::base
