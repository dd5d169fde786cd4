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

// Lets a role of the server's work with the store; false where the store knows no roles. Throws
// base::Unavailable.
bool let_work(Database& database, const std::string& role);

}  // namespace roomkey::store
