// The address of a meeting on the clinic's own pages (ROOMKEY_MEETING_URL).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace roomkey::access {

// What is wrong with a pattern such as https://app.clinic.example/visit/{id}?room={room}; empty
// where nothing is. It shows nothing of the pattern but a placeholder's name.
[[nodiscard]] std::string meeting_url_fault(std::string_view pattern);

// The pattern, which has no fault, with {id} and {room} filled in, each fit for a path and for a
// query (RFC 3986).
[[nodiscard]] std::string meeting_url(std::string_view pattern, std::int64_t id,
                                      std::string_view room);

}  // namespace roomkey::access
