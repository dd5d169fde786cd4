// X.509 certificates of a server (RFC 5280), as far as an administrator must know about his own.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/base/result.hpp"

namespace roomkey::crypto {

struct CertificateFacts {
  std::chrono::sys_seconds not_before, not_after;
  bool names_domain;  // a browser would take it for the domain
  bool fits_key;
};

// Of the first certificate in `pem`, the server's own, and of the PEM private key beside it.
// bad_request with a sentence where one of the two can't be read (a key with a password can't).
[[nodiscard]] base::Result<CertificateFacts> certificate_facts(std::string_view pem,
                                                               std::string_view key_pem,
                                                               const std::string& domain);

struct MadeCertificate {
  std::string certificate;  // PEM
  std::string key;          // PEM, to be wiped
};

// A P-256 key and a certificate for the domain, and for the IP addresses, that it signed itself,
// valid from `now`. Throws std::runtime_error where OpenSSL can't.
[[nodiscard]] MadeCertificate self_signed_certificate(
    const std::string& domain, std::chrono::sys_seconds now, std::chrono::days validity,
    const std::vector<std::string>& addresses = {});

}  // namespace roomkey::crypto
