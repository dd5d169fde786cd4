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

// What keeps libpq from finding a server by the address, whatever the network says; empty where
// nothing does, or libpq isn't there to tell. Without a word of the address, which may hold a
// password.
[[nodiscard]] std::string address_fault(const std::string& address);

// Where they are; without those that are reached by a socket of this machine's.
[[nodiscard]] std::vector<std::string> hosts_of(const Settings& settings);

}  // namespace roomkey::store::driver::postgresql
