#include "roomkey/crypto/server_certificate.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <stdexcept>

#include "crypto/openssl_handles.hpp"

namespace roomkey::crypto {

namespace {

using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

base::Error no_certificate(const char* why) {
  ERR_clear_error();
  return {base::Code::bad_request, why};
}

Bio reading(std::string_view text) {
  return Bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

// Never OpenSSL's own, which would ask on the terminal.
int no_password(char*, int, int, void*) { return -1; }

std::chrono::sys_seconds utc(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::sys_seconds{std::chrono::seconds{timegm(&parts)}};
}

void must(bool done) {
  if (done) return;
  ERR_clear_error();
  throw std::runtime_error("OpenSSL can't make a certificate");
}

void extend(X509* certificate, int kind, const char* value) {
  const Extension extension{X509V3_EXT_conf_nid(nullptr, nullptr, kind, value)};
  must(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// RFC 5280 section 4.1.2.2: positive and not guessable.
void number(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  must(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  const Number serial{BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)};
  must(BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr);
}

// The common name takes 64 characters at most (RFC 5280 appendix A.1) and nobody reads it any more.
void name(X509* certificate) {
  constexpr std::string_view kWho = "roomkey";
  X509_NAME* subject = X509_get_subject_name(certificate);
  must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(kWho.data()),
                                  static_cast<int>(kWho.size()), -1, 0) == 1);
  must(X509_set_issuer_name(certificate, subject) == 1);
}

std::string names(const std::string& domain, const std::vector<std::string>& addresses) {
  std::string list = "DNS:" + domain;
  for (const auto& address : addresses) list += ",IP:" + address;
  return list;
}

std::string text_of(const Bio& bio) {
  char* start = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &start);
  return {start, static_cast<std::size_t>(size)};
}

MadeCertificate to_pem(X509* certificate, EVP_PKEY* pair) {
  const Bio made{BIO_new(BIO_s_mem())};
  const Bio key{BIO_new(BIO_s_secmem())};
  must(PEM_write_bio_X509(made.get(), certificate) == 1);
  must(PEM_write_bio_PrivateKey(key.get(), pair, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {text_of(made), text_of(key)};
}

}  // namespace

base::Result<CertificateFacts> certificate_facts(std::string_view pem, std::string_view key_pem,
                                                 const std::string& domain) {
  const X509Certificate certificate{
      PEM_read_bio_X509(reading(pem).get(), nullptr, no_password, nullptr)};
  if (!certificate) return no_certificate("the certificate's file holds no PEM certificate");
  const Pair key{PEM_read_bio_PrivateKey(reading(key_pem).get(), nullptr, no_password, nullptr)};
  if (!key)
    return no_certificate("the key's file holds no PEM private key, or one with a password");
  CertificateFacts facts{};
  facts.not_before = utc(X509_get0_notBefore(certificate.get()));
  facts.not_after = utc(X509_get0_notAfter(certificate.get()));
  facts.names_domain =
      X509_check_host(certificate.get(), domain.c_str(), domain.size(), 0, nullptr) == 1;
  facts.fits_key = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return facts;
}

MadeCertificate self_signed_certificate(const std::string& domain, std::chrono::sys_seconds now,
                                        std::chrono::days validity,
                                        const std::vector<std::string>& addresses) {
  const Pair pair{EVP_EC_gen("P-256")};
  const X509Certificate certificate{X509_new()};
  must(pair && certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  number(certificate.get());
  name(certificate.get());
  const auto until = now + validity;
  must(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), now.time_since_epoch().count()) &&
       ASN1_TIME_set(X509_getm_notAfter(certificate.get()), until.time_since_epoch().count()));
  must(X509_set_pubkey(certificate.get(), pair.get()) == 1);
  extend(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
  extend(certificate.get(), NID_key_usage, "critical,digitalSignature");
  extend(certificate.get(), NID_ext_key_usage, "serverAuth");
  extend(certificate.get(), NID_subject_alt_name, names(domain, addresses).c_str());
  must(X509_sign(certificate.get(), pair.get(), EVP_sha256()) > 0);
  return to_pem(certificate.get(), pair.get());
}

}  // namespace roomkey::crypto
