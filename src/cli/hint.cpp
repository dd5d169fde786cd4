#include "cli/hint.hpp"

#include <unistd.h>

namespace roomkey::cli {

bool may_read(const std::string& path) { return ::access(path.c_str(), R_OK) == 0; }

bool is_closed(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0 && !may_read(path);
}

std::string_view hint_for(std::string_view fault, bool closed) {
  if (closed) return "run roomkey as root: this user may not read /etc/roomkey/roomkey.env";
  if (fault.starts_with("the store: unable to open")) {
    return "`roomkey db migrate` makes the store that ROOMKEY_DB names; the folder must be there";
  }
  if (fault.find("can't be made: unable to open") != fault.npos) {
    return "the folder must be one that this user may write in";
  }
  if (fault.find("locked") != fault.npos) return "another program holds it; try again";
  if (fault.find("is full") != fault.npos || fault.find("disk I/O") != fault.npos) {
    return "see whether the store's disk is full (df -h) or fails (journalctl -k)";
  }
  return "";
}

}  // namespace roomkey::cli
