// Private to the JWKs of this room.
#pragma once

#include <json/value.h>

#include <string>

#include "roomkey/crypto/key.hpp"

namespace roomkey::crypto {

// Why the JWK is not for verifying this algorithm's signatures, to stand behind "it"; empty where
// it is, or doesn't say.
[[nodiscard]] std::string other_purpose(const Json::Value& jwk, Algorithm algorithm);

}  // namespace roomkey::crypto
