#include "store/driver/sqlite/backup.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"
#include "store/driver/sqlite/copy.hpp"
#include "store/driver/sqlite/seal.hpp"

namespace roomkey::store::driver::sqlite {

namespace {

namespace fs = std::filesystem;
using base::Unavailable;

constexpr std::string_view kPartial = ".partial";

std::string dated_name(std::chrono::sys_seconds now) {
  std::string time = base::format_utc(now);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return "roomkey-" + time + ".db";
}

bool is_dated_name(std::string_view name) {
  constexpr std::string_view kShape = "roomkey-00000000T000000Z.db";
  return name.size() == kShape.size() &&
         std::equal(name.begin(), name.end(), kShape.begin(), [](char c, char shape) {
           return shape == '0' ? base::is_digit(c) : c == shape;
         });
}

// The names of the folder's files that `wanted` takes.
template <typename Wanted>
std::vector<std::string> files_in(const std::string& folder, Wanted&& wanted) {
  std::vector<std::string> names;
  std::error_code fault;
  for (fs::directory_iterator entry(folder, fault), end; !fault && entry != end;
       entry.increment(fault)) {
    const std::string name = entry->path().filename();
    std::error_code gone;
    if (entry->symlink_status(gone).type() == fs::file_type::regular && wanted(name)) {
      names.push_back(name);
    }
  }
  if (fault) throw Unavailable("the folder can't be read: " + fault.message());
  return names;
}

// What interrupted backups of other seconds left.
void remove_leftovers(const std::string& folder) {
  const auto is_leftover = [](std::string_view name) {
    const auto partial = name.find(kPartial);
    return partial != name.npos && is_dated_name(name.substr(0, partial));
  };
  for (const auto& name : files_in(folder, is_leftover)) {
    const std::string path = fs::path(folder) / name;
    remove_store_file(path.substr(0, path.rfind(kPartial) + kPartial.size()));
  }
}

void make_folder(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return;
  throw Unavailable(std::string("the folder can't be made: ") + std::strerror(errno));
}

// A backup takes the place of what has its name: of one from before, but not of a device, which a
// system may live on.
void require_regular(const std::string& file) {
  std::error_code ignored;
  const auto there = fs::symlink_status(file, ignored);
  if (!fs::exists(there) || fs::is_regular_file(there)) return;
  throw Unavailable("the backup's file is there already, and is no regular file");
}

// The caller has the folder's lock.
Verdict write_backup(Database& database, const std::string& file) {
  NewFile partial(file + std::string(kPartial));
  write_copy(database, partial);
  Verdict verdict;
  {
    Database copy(Settings{partial.path()});
    copy.ready();
    verdict = verify_store(copy);
    require_sound(verdict, "the backup");
  }
  seal(partial.path());
  put_in_place(partial, file);
  return verdict;
}

}  // namespace

Verdict backup_store(Database& database, const std::string& file) {
  require_elsewhere(database, file);
  require_regular(file);
  database.ready();
  const FolderLock lock(folder_of(file));
  return write_backup(database, file);
}

DatedBackup backup_into(Database& database, const std::string& folder,
                        std::chrono::sys_seconds now) {
  database.ready();
  make_folder(folder);
  const FolderLock lock(folder);
  remove_leftovers(folder);
  std::string file = (fs::path(folder) / dated_name(now)).string();
  auto verdict = write_backup(database, file);
  return {std::move(file), std::move(verdict)};
}

std::vector<std::string> remove_old_backups(const std::string& folder, const std::string& fresh,
                                            std::size_t keep) {
  const std::string newest = fs::path(fresh).filename();
  auto names = files_in(
      folder, [&](const std::string& name) { return is_dated_name(name) && name != newest; });
  std::sort(names.begin(), names.end(), std::greater<>());
  const auto others = std::min(keep - 1, names.size());
  names.erase(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(others));
  for (const auto& name : names) {
    std::error_code fault;
    fs::remove(fs::path(folder) / name, fault);
    if (fault) throw Unavailable("the old backup " + name + " stays: " + fault.message());
  }
  return names;
}

Restored refuse_to_restore(Database&, const std::string&, std::chrono::sys_seconds,
                           const RestoreNote&) {
  throw Unavailable(
      "a backup is put back by copying it into an empty store: ROOMKEY_DB=FILE "
      "roomkey db copy --to STORE");
}

std::optional<Backup> newest_backup(const std::string& folder) {
  std::error_code fault;
  fs::directory_iterator entry(folder, fault);
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
  if (fault)
    throw Unavailable(std::string("the folder of backups: ") + std::strerror(fault.value()));
  return newest;
}

}  // namespace roomkey::store::driver::sqlite
