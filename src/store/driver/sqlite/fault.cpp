#include "store/driver/sqlite/fault.hpp"

#include <sqlite3.h>

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

void throw_fault(const std::string& called, const SQLite::Exception& fault) {
  if ((fault.getErrorCode() & 0xFF) == SQLITE_CONSTRAINT) throw BrokenRule(fault.what());
  throw fault_of(called, fault.getErrorCode());
}

}  // namespace roomkey::store::driver::sqlite
