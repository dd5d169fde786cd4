// The table of all drivers: a store's address says which one serves it. Private to this room.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/store/about.hpp"
#include "roomkey/store/database.hpp"
#include "store/driver/connection.hpp"

namespace roomkey::store::driver {

struct Driver {
  std::string_view title;    // as people write it
  std::string_view scheme;   // of its addresses, "postgresql"; empty where they are paths
  std::string_view address;  // what they are, for people: "the path of a file"

  // What is wrong with one of that scheme; empty where nothing is. Null: nothing can be.
  std::string (*address_fault)(const std::string& address) = nullptr;

  // Makes the store where it is missing and `create` says so. Throws Unavailable.
  std::unique_ptr<Connection> (*open)(const Settings& settings, bool create);
  // The script that leads to schema 1, to 2, ...; every driver has as many.
  std::span<const std::string_view> (*migrations)();

  // What the database's own checks find, where nothing else can be relied on then; most often
  // nothing.
  std::vector<std::string> (*damage)(Database& database);
  // Whether tables, rules and all are still what the scripts up to that schema make.
  bool (*is_as_made)(Database& database, int schema);

  // What it can besides; null where it can't.
  About (*about)(Database& database) = nullptr;
  // The names or addresses of the machines that keep it; none for one that is on this machine and
  // is reached by no network. Throws Unavailable.
  std::vector<std::string> (*hosts)(const Settings& settings) = nullptr;
  // Whether the role in use may make the tables, or change those that are there.
  bool (*may_migrate)(Database& database) = nullptr;
  // Gives a role of the server's what a worker needs. Unavailable where there is none of that name.
  void (*let_work)(Database& database, const std::string& role) = nullptr;
  const Files* files = nullptr;
  const Backups* backups = nullptr;
};

[[nodiscard]] std::span<const Driver> all();

// Null where none serves that address: address_fault() says why.
[[nodiscard]] const Driver* driver_for(std::string_view address);

}  // namespace roomkey::store::driver

namespace roomkey::store {

// Throws Unavailable where the address is nobody's.
[[nodiscard]] const driver::Driver& driver_of(const Database& database);

}  // namespace roomkey::store
