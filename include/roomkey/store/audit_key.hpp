// The key of the MACs beside the audit's chain.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "roomkey/crypto/key.hpp"

namespace roomkey::store {

struct AuditKey {
  crypto::Key key;  // HMAC-SHA256
  std::string id;   // a digest: it tells keys apart and tells nothing of them
};

// Of 32 bytes in hexadecimal or base64, as `openssl rand -hex 32` and `-base64 32` write them.
// Nothing where it is anything else.
[[nodiscard]] std::optional<AuditKey> read_audit_key(std::string_view text);

}  // namespace roomkey::store
