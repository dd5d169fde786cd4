#include <array>

#include "store/driver/driver.hpp"
#include "store/driver/postgresql/driver.hpp"
#include "store/driver/sqlite/driver.hpp"

namespace roomkey::store::driver {

namespace {

// Its backups are SQLite's files.
constexpr Driver kPostgresql = [] {
  Driver driver = postgresql::kDriver;
  driver.backups = &sqlite::kBackupsOfOthers;
  return driver;
}();

}  // namespace

std::span<const Driver> all() {
  static constexpr std::array kAll{sqlite::kDriver, kPostgresql};
  return kAll;
}

}  // namespace roomkey::store::driver
