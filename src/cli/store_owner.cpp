#include "cli/store_owner.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "roomkey/store/files.hpp"

namespace roomkey::cli {

namespace {

std::string folder_of(const std::string& path) {
  return std::filesystem::absolute(path).parent_path();
}

void must(int result, const char* what) {
  if (result != 0) throw std::system_error(errno, std::generic_category(), what);
}

std::string user_name() {
  const passwd* const user = getpwuid(geteuid());
  return user == nullptr ? std::to_string(geteuid()) : user->pw_name;
}

}  // namespace

void become_store_owner(const store::Database& database) {
  const auto* const files = database.files();
  if (geteuid() != 0 || files == nullptr) return;
  struct stat folder {};
  const std::string path = folder_of(files->paths(database).front());
  if (stat(path.c_str(), &folder) != 0 || folder.st_uid == 0) return;
  const passwd* const user = getpwuid(folder.st_uid);
  const gid_t group = user == nullptr ? folder.st_gid : user->pw_gid;
  if (user == nullptr) {
    must(setgroups(0, nullptr), "setgroups");
  } else {
    must(initgroups(user->pw_name, group), "initgroups");
  }
  must(setgid(group), "setgid");
  must(setuid(folder.st_uid), "setuid");
  // libpq looks there for certificates, and root's own is closed now.
  must(user == nullptr ? unsetenv("HOME") : setenv("HOME", user->pw_dir, 1), "HOME");
}

std::string may_not_write(const std::string& path) {
  std::error_code ignored;
  const std::string folder = std::filesystem::is_directory(path, ignored) ? path : folder_of(path);
  if (::access(folder.c_str(), W_OK | X_OK) == 0 || errno != EACCES) return {};
  return "user " + user_name() + " may not write to " + folder;
}

std::string may_not_read(const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0 || errno != EACCES) return {};
  return "user " + user_name() + " may not read " + path;
}

}  // namespace roomkey::cli
