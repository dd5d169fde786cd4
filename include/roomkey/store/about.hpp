// What is to be said of a store that a server keeps, and who works with it there.
#pragma once

#include <string>
#include <vector>

#include "roomkey/store/database.hpp"

namespace roomkey::store {

struct Remark {
  std::string what;  // a sentence,
  std::string cure;  // and what to do about it
};

struct About {
  std::string facts = {};  // "PostgreSQL 15.18, over TLS, synchronous standby"; empty: none to tell
  std::vector<Remark> remarks = {};
};

// Of the open store. Throws base::Unavailable.
[[nodiscard]] About about(Database& database);

// The names or addresses of the machines that keep the store; none where it is on this one and no
// network is needed. It need not be open. Throws base::Unavailable.
[[nodiscard]] std::vector<std::string> hosts_of(const Database& database);

// Whether who opened the store may make its tables, or change those that are there. Throws
// base::Unavailable.
[[nodiscard]] bool may_migrate(Database& database);

// Lets a role of the server's work with the store; false where the store knows no roles. Throws
// base::Unavailable.
bool let_work(Database& database, const std::string& role);

}  // namespace roomkey::store
