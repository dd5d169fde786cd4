#include "roomkey/access/identity.hpp"

#include <algorithm>
#include <stdexcept>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::access {

namespace {

constexpr std::string_view kPseudonym = "p-";
constexpr std::size_t kLetters = 26;
constexpr std::string_view kUser = "user", kAsGuest = "guest";

// RFC 4648 section 6, in lower case: five bits a letter, the highest first.
std::string base32(std::string_view bytes, std::size_t letters) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  constexpr unsigned kBits = 5;
  constexpr unsigned kByte = 8;
  std::string text;
  unsigned waiting = 0, bits = 0;
  for (std::size_t at = 0; text.size() < letters;) {
    if (bits < kBits) {
      waiting = waiting << kByte | static_cast<unsigned char>(bytes.at(at++));
      bits += kByte;
    }
    bits -= kBits;
    text += kAlphabet[waiting >> bits & 31U];
  }
  return text;
}

}  // namespace

std::string user_identity(std::int64_t user_id, std::string_view email) {
  std::string identity = std::to_string(user_id);
  identity += '-';
  identity += email;
  return identity;
}

std::optional<std::int64_t> user_of_identity(std::string_view identity) {
  const auto dash = identity.find('-');
  if (dash == identity.npos) return std::nullopt;
  return base::parse_id(identity.substr(0, dash));
}

std::size_t identity_size(std::string_view identity) {
  std::size_t size = 0;
  for (std::size_t at = 0; at < identity.size();) {
    size += base::next_code_point(identity, at) < 0x80 ? 1 : 2;
  }
  return size;
}

bool is_identity_too_long(std::int64_t user_id, std::string_view email) {
  return identity_size(std::to_string(user_id)) + 1 + identity_size(email) > kLongestIdentity;
}

std::string pseudonym(const crypto::Key& key, std::int64_t appointment_id, std::string_view kind,
                      std::int64_t id) {
  std::string who = "roomkey identity v1\nappointment " + std::to_string(appointment_id) + '\n';
  who.append(kind).append(" ").append(std::to_string(id)).append("\n");
  return std::string(kPseudonym) + base32(key.sign(who), kLetters);
}

bool is_pseudonym(std::string_view identity) {
  return identity.size() == kPseudonym.size() + kLetters && identity.starts_with(kPseudonym) &&
         std::all_of(identity.begin() + kPseudonym.size(), identity.end(),
                     [](char c) { return base::is_lower(c) || (c >= '2' && c <= '7'); });
}

Identities::Identities(IdentityForm form, std::span<const crypto::Secret> secrets) : form_(form) {
  std::vector<crypto::Key> keys;
  for (const crypto::Secret& secret : secrets) {
    keys.push_back(crypto::Key::from_secret(secret.reveal(), crypto::Algorithm::hs256).value());
  }
  if (are_pseudonyms() && keys.empty()) throw std::logic_error("pseudonyms without a secret");
  keys_ = std::make_shared<const std::vector<crypto::Key>>(std::move(keys));
}

std::string Identities::of(std::int64_t appointment_id, std::int64_t user_id,
                           std::string_view email) const {
  if (!are_pseudonyms()) return user_identity(user_id, email);
  return pseudonym(keys_->front(), appointment_id, kUser, user_id);
}

std::string Identities::of_guest(std::int64_t appointment_id, std::int64_t guest_id) const {
  if (!are_pseudonyms()) return guest_name(guest_id);
  return pseudonym(keys_->front(), appointment_id, kAsGuest, guest_id);
}

bool Identities::is_of(std::string_view identity, std::int64_t appointment_id,
                       std::string_view kind, std::int64_t id) const {
  return keys_ && std::any_of(keys_->begin(), keys_->end(), [&](const crypto::Key& key) {
           return pseudonym(key, appointment_id, kind, id) == identity;
         });
}

const Guest* Identities::guest_of(std::span<const Guest> guests, std::string_view identity) const {
  const bool hidden = is_pseudonym(identity);
  const auto found = std::find_if(guests.begin(), guests.end(), [&](const Guest& one) {
    return hidden ? is_of(identity, one.appointment_id, kAsGuest, one.id)
                  : identity == guest_name(one.id);
  });
  return found == guests.end() ? nullptr : &*found;
}

std::optional<std::int64_t> Identities::user_of(const Appointment& appointment,
                                                std::string_view identity) const {
  if (!is_pseudonym(identity)) return user_of_identity(identity);
  for (const std::int64_t user_id : {appointment.patient_id, appointment.psychologist_id}) {
    if (is_of(identity, appointment.id, kUser, user_id)) return user_id;
  }
  return std::nullopt;
}

}  // namespace roomkey::access
