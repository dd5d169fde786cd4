// SQLite as a driver of the store.
#pragma once

#include "store/driver/driver.hpp"
#include "store/driver/sqlite/migrations.hpp"

namespace roomkey::store::driver::sqlite {

[[nodiscard]] std::unique_ptr<driver::Connection> open(const Settings& settings, bool create);

inline constexpr Driver kDriver{"", open, migrations};

}  // namespace roomkey::store::driver::sqlite
