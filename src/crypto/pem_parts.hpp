// Keys in DER and what a file holds in place of PEM. Private to the PEM files of this room.
#pragma once

#include <string>
#include <string_view>

#include "crypto/openssl_handles.hpp"

namespace roomkey::crypto {

// Each takes the whole of `der`, and is null where it is something else.
[[nodiscard]] Pair public_from(std::string_view der);
[[nodiscard]] Pair pkcs1_from(std::string_view der);
[[nodiscard]] Pair private_from(std::string_view der);
[[nodiscard]] X509Certificate certificate_from(std::string_view der);

// What a text is in which no PEM key can be found, with the command that makes PEM of it.
[[nodiscard]] std::string what_it_is(std::string_view text);

}  // namespace roomkey::crypto
