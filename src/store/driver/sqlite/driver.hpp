// SQLite as a driver of the store.
#pragma once

#include "store/driver/driver.hpp"
#include "store/driver/sqlite/backup.hpp"
#include "store/driver/sqlite/files.hpp"
#include "store/driver/sqlite/migrations.hpp"

namespace roomkey::store::driver::sqlite {

[[nodiscard]] std::unique_ptr<driver::Connection> open(const Settings& settings, bool create);
[[nodiscard]] std::vector<std::string> damage(Database& database);
[[nodiscard]] bool is_as_made(Database& database, int schema);

inline constexpr Driver kDriver{.title = "SQLite",
                                .scheme = "",
                                .address = "the path of a file",
                                .open = open,
                                .migrations = migrations,
                                .damage = damage,
                                .is_as_made = is_as_made,
                                .files = &kFiles,
                                .backups = &kBackups};

}  // namespace roomkey::store::driver::sqlite
