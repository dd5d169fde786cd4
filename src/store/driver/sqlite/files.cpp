#include "store/driver/sqlite/files.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

namespace roomkey::store::driver::sqlite {

std::vector<std::string> file_paths(const Database& database) {
  const std::string& path = database.path();
  return {path, path + "-wal", path + "-shm", reserve_path(database)};
}

FileSizes file_sizes(const Database& database) {
  struct stat store {};
  struct stat wal {};
  struct statvfs room {};
  const std::string& path = database.path();
  if (stat(path.c_str(), &store) != 0 || statvfs(path.c_str(), &room) != 0) {
    throw base::Unavailable(std::string("the store: ") + std::strerror(errno));
  }
  if (stat((path + "-wal").c_str(), &wal) != 0) wal.st_size = 0;
  FileSizes sizes{store.st_size, wal.st_size,
                  static_cast<std::int64_t>(room.f_bavail * room.f_frsize)};
  struct stat reserve {};
  if (stat(reserve_path(database).c_str(), &reserve) == 0) sizes.reserve = reserve.st_size;
  return sizes;
}

}  // namespace roomkey::store::driver::sqlite
