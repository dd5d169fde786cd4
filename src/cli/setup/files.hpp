// Files written as a whole or not at all, together: what was written is taken back unless keep() is
// called. For setup and the demo.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace roomkey::cli::setup {

// Who may read a file. As another user than root we can give files to nobody, and don't.
struct Access {
  mode_t mode;
  gid_t group = 0;  // the owner is root
};

// The file holds this content and has these rights.
[[nodiscard]] bool is_as(const std::string& path, const std::string& content, Access access);

class FileChanges {
 public:
  FileChanges() = default;
  ~FileChanges();
  FileChanges(const FileChanges&) = delete;
  FileChanges& operator=(const FileChanges&) = delete;

  // In place of what is there, where that is another; through a symbolic link to the file behind
  // it. All throw std::runtime_error, naming the path.
  void write(const std::string& path, const std::string& content, Access access);
  // Does nothing where the link is there already.
  void link(const std::string& path, const std::string& target);
  void folder(const std::string& path);  // 0755

  void keep();
  // Takes everything back, the newest first; what can't be is said in the answer, a line each.
  [[nodiscard]] std::vector<std::string> undo();

 private:
  struct Before {
    std::string path;
    bool was_there;
    bool was_link;
    std::string content;  // of the file, or the link's target
    mode_t mode;
    uid_t owner;
    gid_t group;
  };
  void remember(const std::string& path);
  static void put_back(const Before& before);

  std::vector<Before> before_;
};

}  // namespace roomkey::cli::setup
