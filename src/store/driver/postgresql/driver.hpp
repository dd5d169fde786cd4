// PostgreSQL as a driver of the store.
#pragma once

#include "store/driver/driver.hpp"
#include "store/driver/postgresql/address.hpp"
#include "store/driver/postgresql/migrations.hpp"

namespace roomkey::store::driver::postgresql {

[[nodiscard]] std::unique_ptr<driver::Connection> open(const Settings& settings, bool create);
[[nodiscard]] std::vector<std::string> damage(Database& database);
[[nodiscard]] bool is_as_made(Database& database, int schema);
[[nodiscard]] About about(Database& database);
[[nodiscard]] bool may_migrate(Database& database);
void let_work(Database& database, const std::string& role);

inline constexpr Driver kDriver{.title = "PostgreSQL",
                                .scheme = "postgresql",
                                .address = "postgresql://HOST/DATABASE",
                                .address_fault = address_fault,
                                .open = open,
                                .migrations = migrations,
                                .damage = damage,
                                .is_as_made = is_as_made,
                                .about = about,
                                .hosts = hosts_of,
                                .may_migrate = may_migrate,
                                .let_work = let_work};

}  // namespace roomkey::store::driver::postgresql
