#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "roomkey/access/appointment.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::store {

[[nodiscard]] std::optional<access::User> find_user(Database& database, std::int64_t id);
// find_user() comes for it in the open transaction: a server is asked for all that are expected at
// once. SQLite has nothing to do.
void expect_user(Database& database, std::int64_t id);

// Makes or changes the user with that id; true where it was made. Part of the open transaction. Who
// becomes inactive is to leave the rooms they may be in (evictions.hpp).
bool put_user(Transaction& transaction, Database& database, const access::User& user);

// By id.
void each_user(Database& database, const std::function<void(const access::User&)>& use);

}  // namespace roomkey::store
