#include "store/driver/sqlite/seal.hpp"

#include <array>
#include <filesystem>
#include <fstream>

#include "roomkey/base/result.hpp"
#include "roomkey/crypto/digest.hpp"

namespace roomkey::store::driver::sqlite {

namespace {

// The line over the first `size` bytes of the file.
std::string seal_over(std::ifstream& file, std::uintmax_t size) {
  crypto::Sha256 digest;
  std::array<char, 65536> block{};
  while (size > 0) {
    file.read(block.data(), static_cast<std::streamsize>(std::min(size, block.size())));
    if (file.gcount() <= 0) throw base::Unavailable("the backup can't be read to its end");
    digest.add({block.data(), static_cast<std::size_t>(file.gcount())});
    size -= static_cast<std::uintmax_t>(file.gcount());
  }
  return "\nroomkey-backup sha256=" + crypto::to_hex(digest.finish()) + '\n';
}

}  // namespace

void seal(const std::string& path) {
  std::ifstream content(path, std::ios::binary);
  const std::string line = seal_over(content, std::filesystem::file_size(path));
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << line << std::flush;
  if (!file) throw base::Unavailable("the backup can't be written to its end");
}

Seal look_at_seal(const std::string& path, std::uintmax_t content, std::uintmax_t page) {
  const std::uintmax_t size = std::filesystem::file_size(path);
  if ((size - content) % page == 0) return Seal::none;
  if (size - content != kSealSize) return Seal::broken;
  std::ifstream file(path, std::ios::binary);
  const std::string wanted = seal_over(file, content);
  std::string found(kSealSize, '\0');
  file.read(found.data(), static_cast<std::streamsize>(found.size()));
  return file && found == wanted ? Seal::right : Seal::broken;
}

}  // namespace roomkey::store::driver::sqlite
