// What SQLite refuses, in the store's words.
#pragma once

#include <SQLiteCpp/Exception.h>

#include <string>
#include <utility>

#include "roomkey/base/result.hpp"

namespace roomkey::store::driver::sqlite {

// Of a result code of SQLite's, extended or not.
[[nodiscard]] base::Unavailable::Cause cause_of(int code);
// SQLite's text for the code; its message could hold SQL.
[[nodiscard]] base::Unavailable fault_of(const std::string& called, int code);
// That, or BrokenRule.
[[noreturn]] void throw_fault(const std::string& called, const SQLite::Exception& fault);

// The same of the store at that path: SQLite says of one that may not be opened what it says of one
// that is missing.
[[noreturn]] void throw_fault(const std::string& called, const std::string& path,
                              const SQLite::Exception& fault);

// Runs `work` on the store that is called so, and turns SQLite's exceptions into those.
template <typename Work>
decltype(auto) guarded(const std::string& called, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const SQLite::Exception& fault) {
    throw_fault(called, fault);
  }
}

}  // namespace roomkey::store::driver::sqlite
