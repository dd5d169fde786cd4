// A server's certificate (X.509, RFC 5280), for `roomkey check`.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "roomkey/base/result.hpp"

namespace roomkey::crypto {

struct Certificate {
  std::chrono::sys_seconds not_before{};
  std::chrono::sys_seconds not_after{};
  bool for_host = false;      // whether a browser takes it for the host that was asked for
  std::string fingerprint{};  // SHA-256 over the whole of it, in hexadecimal digits
};

// The first certificate of a PEM file, which is the server's own; bad_request where there is none.
[[nodiscard]] base::Result<Certificate> read_certificate(std::string_view pem,
                                                         const std::string& host);

}  // namespace roomkey::crypto
