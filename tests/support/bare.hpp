// A driver that can no more than it must: SQLite's without its parts.
#pragma once

#include "store/driver/sqlite/driver.hpp"

namespace roomkey::test {

inline constexpr store::driver::Driver kBareDriver = [] {
  store::driver::Driver driver = store::driver::sqlite::kDriver;
  driver.title = "Bare";
  driver.files = nullptr;
  driver.backups = nullptr;
  return driver;
}();

}  // namespace roomkey::test
