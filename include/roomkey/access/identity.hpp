// A user's name at the video provider. One rule for all roads into the store and for the token, so
// that nobody gets a token that the provider refuses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

}  // namespace roomkey::access
