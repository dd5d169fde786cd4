// What a store's address says: which servers, and how to speak to them. Private to this driver.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "roomkey/store/database.hpp"

namespace roomkey::store::driver::postgresql {

// libpq's parameters for one server.
using Server = std::vector<std::pair<std::string, std::string>>;

// One for each host of the address, in its order. With several, it is the one that takes writes
// that is wanted, unless the address says otherwise. Throws Unavailable where libpq can't read it,
// without a word of it.
[[nodiscard]] std::vector<Server> servers_of(const Settings& settings);

// Where they are; without those that are reached by a socket of this machine's.
[[nodiscard]] std::vector<std::string> hosts_of(const Settings& settings);

}  // namespace roomkey::store::driver::postgresql
