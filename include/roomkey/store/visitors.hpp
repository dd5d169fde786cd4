// Who came to an appointment's door.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/access/door.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::store {

[[nodiscard]] std::optional<access::Visitor> find_visitor(Database& database,
                                                          std::int64_t appointment_id,
                                                          std::string_view who);

// Who came first, first; those who never came, last.
[[nodiscard]] std::vector<access::Visitor> visitors_of(Database& database,
                                                       std::int64_t appointment_id);

// As Visitor::who.
[[nodiscard]] std::vector<std::string> denied_at(Database& database, std::int64_t appointment_id);

// What a sign of life of somebody who is neither admitted nor denied is worth writing down.
enum class Sign { nothing, still_there, began_to_wait };
// Nothing for the first seconds after the last one that was.
[[nodiscard]] Sign sign_of(const std::optional<access::Visitor>& visitor,
                           std::chrono::sys_seconds now);
// Writes it down. Part of the open transaction.
void note_sign(Transaction& transaction, Database& database, std::int64_t appointment_id,
               std::string_view who, Sign sign, std::chrono::sys_seconds now);

// They were given a token at `now`: nothing but a denial, or another room, puts them back. Part of
// the open transaction, where there is one.
void note_entry(Database& database, std::int64_t appointment_id, std::string_view who,
                std::chrono::sys_seconds now);

// Somebody decided, for the room of now where they are admitted. True where that is new. Part of
// the open transaction.
bool decide_visitor(Transaction& transaction, Database& database, std::int64_t appointment_id,
                    std::string_view who, access::Admission admission);

// The same for a denial, and whether they may be in the room by then and have to leave it: they had
// been let in, or nobody waits at this door.
struct Denial {
  bool is_new = false;
  bool leaves = false;
};
Denial deny_visitor(Transaction& transaction, Database& database, std::int64_t appointment_id,
                    std::string_view who, access::WaitingRoom mode);

}  // namespace roomkey::store
