#include "roomkey/access/identity.hpp"

#include "roomkey/base/text.hpp"

namespace roomkey::access {

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

}  // namespace roomkey::access
