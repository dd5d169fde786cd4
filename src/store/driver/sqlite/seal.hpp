// The last line of a backup: SHA-256 over all before it, so that one turned bit shows, wherever it
// is. SQLite doesn't look behind its last page.
#pragma once

#include <cstdint>
#include <string>

namespace roomkey::store::driver::sqlite {

// "\nroomkey-backup sha256=<64 hex digits>\n"
inline constexpr std::size_t kSealSize = 88;

void seal(const std::string& path);

// `none`: just a database of SQLite's, made by other means. `content` is its size, in `page`s.
enum class Seal { none, right, broken };
[[nodiscard]] Seal look_at_seal(const std::string& path, std::uintmax_t content,
                                std::uintmax_t page);

}  // namespace roomkey::store::driver::sqlite
