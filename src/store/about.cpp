#include "roomkey/store/about.hpp"

#include "store/driver/driver.hpp"

namespace roomkey::store {

About about(Database& database) {
  const auto& driver = driver_of(database);
  return driver.about == nullptr ? About{} : driver.about(database);
}

std::vector<std::string> hosts_of(const Database& database) {
  const auto& driver = driver_of(database);
  return driver.hosts == nullptr ? std::vector<std::string>{} : driver.hosts(database.settings());
}

bool may_migrate(Database& database) {
  const auto& driver = driver_of(database);
  return driver.may_migrate == nullptr || driver.may_migrate(database);
}

bool let_work(Database& database, const std::string& role) {
  const auto& driver = driver_of(database);
  if (driver.let_work != nullptr) driver.let_work(database, role);
  return driver.let_work != nullptr;
}

}  // namespace roomkey::store
