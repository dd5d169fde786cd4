#include "roomkey/store/files.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace roomkey::store::driver::sqlite {

namespace {

[[noreturn]] void throw_unavailable(const std::string& what, const char* why) {
  throw base::Unavailable(what + ": " + why);
}

}  // namespace

FileSizes file_sizes(const Database& database) {
  struct stat store {};
  struct stat wal {};
  struct statvfs room {};
  const std::string& path = database.path();
  if (stat(path.c_str(), &store) != 0 || statvfs(path.c_str(), &room) != 0) {
    throw_unavailable("the store", std::strerror(errno));
  }
  if (stat((path + "-wal").c_str(), &wal) != 0) wal.st_size = 0;
  return {store.st_size, wal.st_size, static_cast<std::int64_t>(room.f_bavail * room.f_frsize)};
}

std::optional<Backup> newest_backup(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code fault;
  fs::directory_iterator entry(directory, fault);
  if (fault == std::errc::no_such_file_or_directory) return std::nullopt;
  std::optional<Backup> newest;
  for (; !fault && entry != fs::directory_iterator(); entry.increment(fault)) {
    const std::string name = entry->path().filename();
    if (!name.starts_with("roomkey-") || !name.ends_with(".db")) continue;
    struct stat file {};
    if (stat(entry->path().c_str(), &file) != 0 || !S_ISREG(file.st_mode)) continue;
    const std::chrono::sys_seconds at{std::chrono::seconds{file.st_mtime}};
    if (!newest || at > newest->at) newest = Backup{at, file.st_size};
  }
  if (fault) throw_unavailable("the folder of backups", std::strerror(fault.value()));
  return newest;
}

}  // namespace roomkey::store::driver::sqlite
