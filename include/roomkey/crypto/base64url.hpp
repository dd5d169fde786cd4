#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace roomkey::crypto {

// base64url without padding (RFC 4648 section 5, RFC 7515 section 2).
[[nodiscard]] std::string base64url(std::string_view bytes);
// The same behind what `text` holds already.
void append_base64url(std::string& text, std::string_view bytes);

// Nothing unless `text` is the one canonical spelling of some bytes: no padding, no blank, no other
// alphabet, unused bits zero. So no two texts decode alike and a token can't be respelt.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

// The other alphabet, with padding (RFC 4648 section 4).
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace roomkey::crypto
