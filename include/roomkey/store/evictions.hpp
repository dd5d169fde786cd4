// Who is still to be put out of a room at its provider: remembered before it is tried, and until it
// is done, whichever worker does it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "roomkey/access/welcome.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::store {

struct Eviction {
  std::string room;      // its name
  std::string identity;  // empty: everybody, and the room ends
  std::string provider;
  std::int64_t appointment_id = 0;
  std::chrono::sys_seconds due_at{};
  std::int64_t failures = 0;
};

// How long one who tries has it for himself: longer than any try.
inline constexpr std::chrono::seconds kEvictionLease{20};

// The same room and identity again is due when the last one says. Part of the open transaction.
void put_eviction(Transaction& transaction, Database& database, const Eviction& eviction);

// The same where somebody is to leave a room. `renames`: a token of before would open it all the
// same, so the room ends and its appointment goes on in a new one. Returns what was put.
Eviction begin_eviction(Transaction& transaction, Database& database, Eviction eviction,
                        bool renames, std::chrono::sys_seconds now);

// One that is due, due again after the lease only: two never try the same at once. Single people
// come before rooms, and what failed least before the rest. Writes nothing where none is due.
[[nodiscard]] std::optional<Eviction> take_eviction(Database& database,
                                                    std::chrono::sys_seconds now);

// It is done, unless somebody wants it anew.
void finish_eviction(Database& database, const Eviction& eviction);

// It failed at `now`: next time in 1, 2, 4 ... 32 s, and nothing else of that provider before that.
void postpone_eviction(Database& database, const Eviction& eviction, std::chrono::sys_seconds now);

[[nodiscard]] std::int64_t count_evictions(Database& database);

// How a room that roomkey named stands now.
[[nodiscard]] access::Standing standing_of(Database& database, const std::string& room);

// The appointment that gave up the room of that name; nothing where none did.
[[nodiscard]] std::optional<std::int64_t> former_owner(Database& database, const std::string& room);

}  // namespace roomkey::store
