#include "roomkey/base/file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace roomkey::base {

Result<std::string> read_file(const std::string& path) {
  const auto close = [](std::FILE* file) { static_cast<void>(std::fclose(file)); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rbe"), close);
  if (!file) return Error{Code::bad_request, std::strerror(errno)};
  std::string content;
  std::array<char, 16384> block{};
  while (const std::size_t size = std::fread(block.data(), 1, block.size(), file.get())) {
    content.append(block.data(), size);
  }
  if (std::ferror(file.get()) != 0) return Error{Code::bad_request, std::strerror(errno)};
  return content;
}

}  // namespace roomkey::base
