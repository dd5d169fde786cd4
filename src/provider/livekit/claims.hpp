// What LiveKit's tokens and answers have in common. Private to this folder.
#pragma once

#include <json/value.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace roomkey::provider::livekit {

inline constexpr std::string_view kTokenHeader = R"({"alg":"HS256","typ":"JWT"})";
inline constexpr std::size_t kMostBytes = 256;  // of identities, names and rooms' names
// LiveKit's `tokenLeeway`, both ways.
inline constexpr std::chrono::seconds kLeeway{60};

// "RM_..." of a room's session, "PA_..." of a participant, "EV_..." of an event: the two letters,
// then 1 to 61 of A-Z a-z 0-9 _ -
[[nodiscard]] bool is_sid(std::string_view text, std::string_view kind);

// What protobuf writes as a string, a careless program as a number; nothing where it is neither, or
// no time of these centuries.
[[nodiscard]] std::optional<std::chrono::sys_seconds> time_of(const Json::Value& value);

}  // namespace roomkey::provider::livekit
