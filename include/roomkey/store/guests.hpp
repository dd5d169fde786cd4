// Who was invited to an appointment without having a login.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/access/guest.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::store {

// With the code, 256 random bits in base64url, of which the store keeps the SHA-256 alone.
struct Invited {
  access::Guest guest;
  std::string code;
};
// Keeps `guest` and gives it its id. too_many_guests where access::kMostGuests of its appointment's
// may come at `now` as it is. Part of the open transaction.
[[nodiscard]] base::Result<Invited> invite_guest(Transaction& transaction, Database& database,
                                                 access::Guest guest, std::chrono::sys_seconds now);

[[nodiscard]] std::optional<access::Guest> find_guest(Database& database, std::int64_t id);
// Looked up by the code's SHA-256, so what is compared, and how long that takes, says nothing of
// any code.
[[nodiscard]] std::optional<access::Guest> find_guest_by_code(Database& database,
                                                              std::string_view code);
// By id.
[[nodiscard]] std::vector<access::Guest> guests_of(Database& database, std::int64_t appointment_id);

// As Guest::device_digest.
[[nodiscard]] std::string digest_of_device(std::string_view device);

// They were given a token at `now`, on that device. Part of the open transaction.
void note_guest_used(Transaction& transaction, Database& database, std::int64_t id,
                     std::string_view device_digest, std::chrono::sys_seconds now);

// True where that is new. Part of the open transaction.
bool revoke_guest(Transaction& transaction, Database& database, std::int64_t id);
bool unbind_guest(Transaction& transaction, Database& database, std::int64_t id);

// Those of an appointment whose people changed: whoever invited them did so for others. Part of the
// open transaction.
void revoke_guests_of(Database& database, std::int64_t appointment_id);

}  // namespace roomkey::store
