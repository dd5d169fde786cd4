#include <array>

#include "store/driver/driver.hpp"
#include "store/driver/sqlite/driver.hpp"

namespace roomkey::store::driver {

std::span<const Driver> all() {
  static constexpr std::array kAll{
      sqlite::kDriver,
  };
  return kAll;
}

}  // namespace roomkey::store::driver
