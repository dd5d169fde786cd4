// A user's name at the video provider. One rule for all roads into the store and for the token, so
// that nobody gets a token that the provider refuses, and whoever is in a room is found again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/access/appointment.hpp"
#include "roomkey/access/guest.hpp"
#include "roomkey/crypto/key.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::access {

// What every provider takes.
inline constexpr std::size_t kLongestIdentity = 128;

// `<user id>-<email>`.
[[nodiscard]] std::string user_identity(std::int64_t user_id, std::string_view email);

// The user of an identity that user_identity() made: the digits before its first `-`.
[[nodiscard]] std::optional<std::int64_t> user_of_identity(std::string_view identity);

// Characters as the strictest provider counts them: those that are not ASCII twice.
[[nodiscard]] std::size_t identity_size(std::string_view identity);

[[nodiscard]] bool is_identity_too_long(std::int64_t user_id, std::string_view email);

// `p-` and 26 characters of a-z2-7: the first 130 bits, in the base32 of RFC 4648, of HMAC-SHA-256
// under `key` (HS256) over "roomkey identity v1\nappointment <id>\n<kind> <id>\n". So nobody
// without the key can tell who it is, or that two appointments are of one person.
[[nodiscard]] std::string pseudonym(const crypto::Key& key, std::int64_t appointment_id,
                                    std::string_view kind, std::int64_t id);
[[nodiscard]] bool is_pseudonym(std::string_view identity);

enum class IdentityForm { email, pseudonym };

// How an appointment's people are named at its provider (ROOMKEY_IDENTITY), and who somebody there
// is. For one thread, copies included.
class Identities {
 public:
  Identities() = default;  // by address
  // Pseudonyms are made with the first secret, which must be there then, and found again by any.
  Identities(IdentityForm form, std::span<const crypto::Secret> secrets);

  [[nodiscard]] bool are_pseudonyms() const { return form_ == IdentityForm::pseudonym; }
  [[nodiscard]] std::string of(std::int64_t appointment_id, std::int64_t user_id,
                               std::string_view email) const;
  // Of a guest `guest-<id>` stands for id and address.
  [[nodiscard]] std::string of_guest(std::int64_t appointment_id, std::int64_t guest_id) const;

  // Whichever form it has: the form may have changed while rooms are open. Of an address any user;
  // of a pseudonym one of the appointment's. Nothing where it is nobody's.
  [[nodiscard]] std::optional<std::int64_t> user_of(const Appointment& appointment,
                                                    std::string_view identity) const;
  // The same of guests: one of these, or null.
  [[nodiscard]] const Guest* guest_of(std::span<const Guest> guests,
                                      std::string_view identity) const;

 private:
  [[nodiscard]] bool is_of(std::string_view identity, std::int64_t appointment_id,
                           std::string_view kind, std::int64_t id) const;

  IdentityForm form_ = IdentityForm::email;
  std::shared_ptr<const std::vector<crypto::Key>> keys_ = {};
};

}  // namespace roomkey::access
