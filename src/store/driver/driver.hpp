// The table of all drivers: a store's address says which one serves it. Private to this room.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "roomkey/store/database.hpp"
#include "store/driver/connection.hpp"

namespace roomkey::store::driver {

struct Driver {
  std::string_view prefix;  // of its addresses
  // Makes the store where it is missing and `create` says so. Throws Unavailable.
  std::unique_ptr<Connection> (*open)(const Settings& settings, bool create);
  // The script that leads to schema 1, to 2, ...; every driver has as many.
  std::span<const std::string_view> (*migrations)();
};

[[nodiscard]] const Driver& driver_for(std::string_view address);

}  // namespace roomkey::store::driver
