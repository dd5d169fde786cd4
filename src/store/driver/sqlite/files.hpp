// What SQLite's files tell: roomkey/store/files.hpp.
#pragma once

#include <string>
#include <string_view>

#include "roomkey/store/files.hpp"

namespace roomkey::store::driver::sqlite {

[[nodiscard]] std::vector<std::string> file_paths(const Database& database);
[[nodiscard]] FileSizes file_sizes(const Database& database);

// What SQLite writes and undoes doesn't show that there is room: until a commit that stays in
// memory. So this writes 64 KiB, more than the largest group of requests needs, into a file without
// a name, which is gone when it is closed and never synced: 0.1 ms. A store in memory always takes
// more.
void probe_room(const Database& database);

[[nodiscard]] std::string reserve_path(const Database& database);
void keep_reserve(const Database& database, std::int64_t bytes);
bool let_reserve_go(const Database& database);

[[nodiscard]] std::string doubtful_file_system(const Database& database);
// The file system that holds `path`, an absolute one without links, by the text of
// /proc/self/mountinfo (proc(5)): "ext4", "nfs4", "fuse.sshfs". Empty where that doesn't say.
[[nodiscard]] std::string file_system_of(std::string_view mountinfo, const std::string& path);
// Whether SQLite's locks and its shared memory can't be relied on there (sqlite.org/wal.html: all
// processes must be on one machine; sqlite.org/howtocorrupt.html section 2.1).
[[nodiscard]] bool is_network_file_system(std::string_view type);

inline constexpr Files kFiles{file_paths,   file_sizes,     probe_room,
                              keep_reserve, let_reserve_go, doubtful_file_system};

}  // namespace roomkey::store::driver::sqlite
