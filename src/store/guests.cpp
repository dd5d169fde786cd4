#include "roomkey/store/guests.hpp"

#include <algorithm>

#include "roomkey/base/clock.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "store/query.hpp"

namespace roomkey::store {

namespace {

#define ROOMKEY_SELECT_GUEST                                                                \
  "SELECT id, appointment_id, name, kind, expires_at, revoked, device_digest, last_used_at" \
  " FROM guests"

std::string digest_of(std::string_view secret) { return crypto::to_hex(crypto::sha256(secret)); }

access::Guest guest_from(const Query& row) {
  const auto kind = access::parse_guest_kind(row.text(3));
  if (!kind) throw base::Unavailable("the store: a guest is of a kind that is unknown");
  const auto used = row.optional_integer(7);
  return {.id = row.integer(0),
          .appointment_id = row.integer(1),
          .name = row.text(2),
          .kind = *kind,
          .expires_at = base::from_unix(row.integer(4)),
          .revoked = row.integer(5) != 0,
          .device_digest = row.optional_text(6).value_or(""),
          .last_used_at = used ? std::optional(base::from_unix(*used)) : std::nullopt};
}

std::int64_t next_id(Database& database) {
  Query last(database, "SELECT max(id) FROM guests");
  return last.step() ? last.optional_integer(0).value_or(0) + 1 : 1;
}

std::optional<access::Guest> only_guest(Query&& query) {
  if (!query.step()) return std::nullopt;
  return guest_from(query);
}

}  // namespace

base::Result<Invited> invite_guest(Transaction&, Database& database, access::Guest guest,
                                   std::chrono::sys_seconds now) {
  constexpr std::size_t kCodeBytes = 32;
  const auto there = guests_of(database, guest.appointment_id);
  const auto coming = std::count_if(there.begin(), there.end(),
                                    [&](const access::Guest& one) { return one.may_come(now); });
  if (static_cast<std::size_t>(coming) >= access::kMostGuests) {
    return base::Error{base::Code::too_many_guests};
  }
  std::string code = crypto::base64url(crypto::random_bytes(kCodeBytes));
  guest.id = next_id(database);
  Query(database,
        "INSERT INTO guests (id, appointment_id, name, kind, code_digest, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        guest.id, guest.appointment_id, guest.name, access::word(guest.kind), digest_of(code),
        base::unix_seconds(guest.expires_at))
      .run();
  return Invited{std::move(guest), std::move(code)};
}

std::optional<access::Guest> find_guest(Database& database, std::int64_t id) {
  return only_guest(Query(database, ROOMKEY_SELECT_GUEST " WHERE id = ?", id));
}

std::optional<access::Guest> find_guest_by_code(Database& database, std::string_view code) {
  return only_guest(
      Query(database, ROOMKEY_SELECT_GUEST " WHERE code_digest = ?", digest_of(code)));
}

std::vector<access::Guest> guests_of(Database& database, std::int64_t appointment_id) {
  std::vector<access::Guest> all;
  Query query(database, ROOMKEY_SELECT_GUEST " WHERE appointment_id = ? ORDER BY id",
              appointment_id);
  while (query.step()) all.push_back(guest_from(query));
  return all;
}

std::string digest_of_device(std::string_view device) { return digest_of(device); }

void note_guest_used(Transaction&, Database& database, std::int64_t id,
                     std::string_view device_digest, std::chrono::sys_seconds now) {
  Query(database, "UPDATE guests SET last_used_at = ?, device_digest = ? WHERE id = ?",
        base::unix_seconds(now), device_digest, id)
      .run();
}

bool revoke_guest(Transaction&, Database& database, std::int64_t id) {
  return Query(database, "UPDATE guests SET revoked = 1 WHERE id = ? AND revoked = 0", id)
             .changed() > 0;
}

bool unbind_guest(Transaction&, Database& database, std::int64_t id) {
  return Query(database,
               "UPDATE guests SET device_digest = NULL WHERE id = ? AND device_digest IS NOT NULL",
               id)
             .changed() > 0;
}

void revoke_guests_of(Database& database, std::int64_t appointment_id) {
  Query(database, "UPDATE guests SET revoked = 1 WHERE appointment_id = ?", appointment_id).run();
}

}  // namespace roomkey::store
