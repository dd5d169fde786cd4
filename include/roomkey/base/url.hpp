// Addresses that roomkey may send a credential to or show, and text as a part of them (RFC 3986).
#pragma once

#include <string>
#include <string_view>

namespace roomkey::base {

// True for `https://host...`, and for `http://` to this machine alone: 127.0.0.1, [::1] or
// localhost. No user or password in it, no blank, no fragment, nothing but printable ASCII, and a
// host so plain that no two programs read it differently.
[[nodiscard]] bool is_https_or_local(std::string_view url);

// True for `https://host...` and `http://host...`, to any host that is as plain, without user or
// password. What comes behind the host is not looked at.
[[nodiscard]] bool is_web_address(std::string_view url);

// All but A-Z a-z 0-9 - . _ ~ as %HH: fit for one segment of a path, and for a form's values.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace roomkey::base
