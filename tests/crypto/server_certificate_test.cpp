#include "roomkey/crypto/server_certificate.hpp"

#include "roomkey/crypto/certificate.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::crypto;
using namespace roomkey::test;
using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds kNow{1763283600s};
constexpr const char* kDomain = "video.clinic.example";

MadeCertificate made() { return self_signed_certificate(kDomain, kNow, std::chrono::days{825}); }

TEST(a_certificate_of_our_own_is_for_its_domain_and_key_and_time) {
  const MadeCertificate own = made();
  const auto facts = accepted(certificate_facts(own.certificate, own.key, kDomain));
  expect(facts.names_domain && facts.fits_key);
  same(kNow, facts.not_before);
  same(kNow + std::chrono::days{825}, facts.not_after);
}

TEST(a_long_domain_has_a_certificate_as_well) {
  std::string domain = std::string(60, 'a') + '.' + std::string(60, 'b') + ".example";
  const auto own = self_signed_certificate(domain, kNow, std::chrono::days{1});
  expect(accepted(certificate_facts(own.certificate, own.key, domain)).names_domain);
}

TEST(a_certificate_may_be_for_addresses_as_well) {
  const auto own =
      self_signed_certificate("localhost", kNow, std::chrono::days{1}, {"127.0.0.1", "::1"});
  const auto fits = [&](const char* host) {
    return accepted(read_certificate(own.certificate, host)).for_host;
  };
  expect(fits("localhost") && fits("127.0.0.1") && fits("::1") && !fits("127.0.0.2"));
}

TEST(another_domain_or_key_is_seen) {
  const MadeCertificate own = made(), other = made();
  const auto facts = accepted(certificate_facts(own.certificate, other.key, "clinic.example"));
  expect(!facts.names_domain && !facts.fits_key);
  expect(own.certificate != other.certificate && own.key != other.key);
}

TEST(the_first_certificate_of_a_served_chain_counts) {
  const MadeCertificate own = made(), other = made();
  const auto facts =
      accepted(certificate_facts(own.certificate + other.certificate, own.key, kDomain));
  expect(facts.fits_key);
}

TEST(what_cannot_be_read_is_refused) {
  const MadeCertificate own = made();
  expect(contains(refused(base::Code::bad_request, certificate_facts("x", own.key, kDomain)),
                  "no PEM certificate"));
  expect(contains(
      refused(base::Code::bad_request, certificate_facts(own.key, own.certificate, kDomain)),
      "no PEM certificate"));
  expect(contains(refused(base::Code::bad_request, certificate_facts(own.certificate, "", kDomain)),
                  "no PEM private key"));
}

// Made by `openssl genpkey -algorithm ed25519 | openssl pkey -aes256 -passout pass:x`. OpenSSL
// would ask for the password at the terminal.
TEST(a_key_with_a_password_is_refused_without_a_question) {
  const std::string key =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjj0+1+RBWpkQICCAAw\n"
      "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEFeLIG0naESZijt7kyVY3Z8EQDvs\n"
      "Cj7wkeuVQ254wmm8D9nfJbEZMjOLxTIuaWea2khGqkG7C4w6rmq02LVyp9lu7tud\n"
      "ptJ8Cd+Wv/qRiSJFRSc=\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n";
  expect(contains(
      refused(base::Code::bad_request, certificate_facts(made().certificate, key, kDomain)),
      "with a password"));
}

}  // namespace
