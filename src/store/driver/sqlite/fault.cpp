#include "store/driver/sqlite/fault.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "store/driver/connection.hpp"

namespace roomkey::store::driver::sqlite {

using base::Unavailable;

Unavailable::Cause cause_of(int code) {
  using Cause = Unavailable::Cause;
  switch (code & 0xFF) {
    case SQLITE_CANTOPEN: return Cause::missing;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Cause::locked;
    case SQLITE_FULL: return Cause::disk_full;
    case SQLITE_IOERR: return Cause::disk_fails;
    case SQLITE_READONLY: return Cause::not_allowed;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return Cause::unreadable;
    default: return Cause::other;
  }
}

Unavailable fault_of(const std::string& called, int code) {
  return Unavailable(called + ": " + sqlite3_errstr(code & 0xFF), cause_of(code));
}

void throw_fault(const std::string& called, const std::string& path,
                 const SQLite::Exception& fault) {
  const std::string folder = std::filesystem::absolute(path).parent_path();
  const auto may = [](const std::string& what, int how) {
    return ::access(what.c_str(), how) == 0;
  };
  const bool is_closed = (fault.getErrorCode() & 0xFF) == SQLITE_CANTOPEN && may(path, F_OK) &&
                         !(may(path, R_OK | W_OK) && may(folder, W_OK));
  if (is_closed && errno == EROFS) {
    throw Unavailable(called + ": its file system is read-only",
                      Unavailable::Cause::disk_read_only);
  }
  if (is_closed) {
    throw Unavailable(called + ": its file or folder may not be written",
                      Unavailable::Cause::not_allowed);
  }
  throw_fault(called, fault);
}

void throw_fault(const std::string& called, const SQLite::Exception& fault) {
  if ((fault.getErrorCode() & 0xFF) == SQLITE_CONSTRAINT) throw BrokenRule(fault.what());
  throw fault_of(called, fault.getErrorCode());
}

}  // namespace roomkey::store::driver::sqlite
