#include "roomkey/crypto/certificate.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <optional>

#include "crypto/openssl_handles.hpp"
#include "roomkey/crypto/digest.hpp"

namespace roomkey::crypto {

namespace {

using Handle = std::unique_ptr<X509, Freed<X509_free>>;

std::optional<std::chrono::sys_seconds> time_of(const ASN1_TIME* time) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return std::nullopt;
  return std::chrono::sys_seconds{std::chrono::seconds{timegm(&fields)}};
}

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), bytes.data(), &size) != 1) return {};
  return to_hex({reinterpret_cast<const char*>(bytes.data()), size});
}

}  // namespace

base::Result<Certificate> read_certificate(std::string_view pem, const std::string& host) {
  const Bio bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  const Handle x509{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)};
  ERR_clear_error();
  if (!x509) return base::Error{base::Code::bad_request, "no PEM certificate in it"};
  const auto not_before = time_of(X509_get0_notBefore(x509.get()));
  const auto not_after = time_of(X509_get0_notAfter(x509.get()));
  if (!not_before || !not_after) {
    return base::Error{base::Code::bad_request, "the certificate's times can't be read"};
  }
  const bool for_host = X509_check_host(x509.get(), host.data(), host.size(), 0, nullptr) == 1 ||
                        X509_check_ip_asc(x509.get(), host.c_str(), 0) == 1;
  ERR_clear_error();
  return Certificate{*not_before, *not_after, for_host, fingerprint_of(x509.get())};
}

}  // namespace roomkey::crypto
