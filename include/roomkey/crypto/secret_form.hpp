// Values that are taken for HMAC keys by mistake, and that others may know.
#pragma once

#include <string_view>

namespace roomkey::crypto {

// What the value is if it is no secret to sign with: a PEM, a certificate or key in DER or base64
// of it, a JWK or a set of them, in words ("a PEM file"). Empty where it may be one.
[[nodiscard]] std::string_view no_secret(std::string_view value);

}  // namespace roomkey::crypto
