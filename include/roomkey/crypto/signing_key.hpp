// Keys that sign tokens for others, as an administrator hands them in.
#pragma once

#include <string_view>

#include "roomkey/crypto/key.hpp"

namespace roomkey::crypto {

// A key that can sign: an HMAC secret, or a PEM file's private key, by what the algorithm needs.
// Refused as Key's own are, in words that go behind the name of where it was given ("is a public
// key: ...") and name what was handed in instead: a public key or certificate, an encrypted key, a
// PEM whose line breaks were lost, a secret where a PEM has to be and the other way round.
[[nodiscard]] base::Result<Key> signing_key(std::string_view text, Algorithm algorithm);

}  // namespace roomkey::crypto
