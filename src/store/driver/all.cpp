#include <algorithm>
#include <array>

#include "store/driver/driver.hpp"
#include "store/driver/sqlite/driver.hpp"

namespace roomkey::store::driver {

namespace {

// The first whose prefix an address has; a file's path has none, so SQLite is the last.
constexpr std::array kDrivers{
    sqlite::kDriver,
};

}  // namespace

const Driver& driver_for(std::string_view address) {
  return *std::find_if(kDrivers.begin(), kDrivers.end(),
                       [&](const Driver& driver) { return address.starts_with(driver.prefix); });
}

}  // namespace roomkey::store::driver
