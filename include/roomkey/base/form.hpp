// The query string of a request, and forms in its spelling (WHATWG URL,
// application/x-www-form-urlencoded).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "roomkey/base/result.hpp"

namespace roomkey::base {

// The decoded value of the parameter `name`; nothing where it is missing. bad_request where it is
// there twice, or is not percent-encoded UTF-8 without NUL.
[[nodiscard]] Result<std::optional<std::string>> query_value(std::string_view query,
                                                             std::string_view name);

// Whether a Content-Type says that the body is a form, in whatever case, with whatever blanks and
// parameters (RFC 9110 section 8.3.1).
[[nodiscard]] bool is_form(std::string_view content_type);

// The decoded parameters of a form, in the order in which they came.
using Form = std::vector<std::pair<std::string, std::string>>;
inline constexpr std::size_t kMostFields = 64;

// All of a form's parameters, decoded, in their order. bad_request where one is not percent-encoded
// UTF-8 without NUL, payload_too_large where there are more than kMostFields.
[[nodiscard]] Result<Form> parse_form(std::string_view form);

}  // namespace roomkey::base
