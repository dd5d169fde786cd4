#include "roomkey/crypto/certificate.hpp"

#include "support/certificate.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using namespace std::chrono_literals;

// 2000-01-01 to 2049-12-31T23:59:59Z, for video.clinic.example, *.wild.example and 192.0.2.1.
constexpr std::string_view kPem = R"(-----BEGIN CERTIFICATE-----
MIIBZzCCAQygAwIBAgIBATAKBggqhkjOPQQDAjAfMR0wGwYDVQQDDBR2aWRlby5j
bGluaWMuZXhhbXBsZTAeFw0wMDAxMDEwMDAwMDBaFw00OTEyMzEyMzU5NTlaMB8x
HTAbBgNVBAMMFHZpZGVvLmNsaW5pYy5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZI
zj0DAQcDQgAE77Y8XH3hi3jVeUHfucXsKLFKTYm5DiJBucFGDrW5fUXw//JrpnG1
6BWpw/xWwU+Zfi6oa7JygSFBv7hIE4SqxqM5MDcwNQYDVR0RBC4wLIIUdmlkZW8u
Y2xpbmljLmV4YW1wbGWCDioud2lsZC5leGFtcGxlhwTAAAIBMAoGCCqGSM49BAMC
A0kAMEYCIQCmx1gaMlVCIGqjcZHVYQpA35tazTw3eL9/640kg7cYqwIhALXGv9g1
316JvnjVE3eGuirWrZHy9zpJrok2ZAMhF5um
-----END CERTIFICATE-----
)";

TEST(a_certificates_times_are_read) {
  const auto certificate = accepted(crypto::read_certificate(kPem, "video.clinic.example"));
  same(946684800, certificate.not_before.time_since_epoch().count());
  same(2524607999, certificate.not_after.time_since_epoch().count());
}

TEST(a_certificate_is_for_its_names_alone) {
  const auto fits = [](const std::string& host) {
    return accepted(crypto::read_certificate(kPem, host)).for_host;
  };
  expect(fits("video.clinic.example") && fits("VIDEO.clinic.example"));
  expect(fits("a.wild.example") && fits("192.0.2.1"));
  for (const auto* const host : {"clinic.example", "a.b.wild.example", "192.0.2.2", "_", ""}) {
    expect(!fits(host), host);
  }
}

TEST(a_certificate_is_told_from_another_by_its_fingerprint) {
  const auto fingerprint = [](std::string_view pem) {
    return accepted(crypto::read_certificate(pem, "x")).fingerprint;
  };
  const test::Certificate one("same.example"), other("same.example");
  same(64, fingerprint(kPem).size());
  same(fingerprint(content_of(one.pem)), fingerprint(content_of(one.pem) + std::string(kPem)));
  expect(fingerprint(content_of(one.pem)) != fingerprint(content_of(other.pem)));
}

TEST(the_first_certificate_of_a_chain_counts) {
  const test::Certificate other("other.example");
  const auto chain = std::string(kPem) + content_of(other.pem);
  expect(accepted(crypto::read_certificate(chain, "video.clinic.example")).for_host);
  expect(!accepted(crypto::read_certificate(chain, "other.example")).for_host);
}

TEST(what_is_no_certificate_is_refused) {
  const test::Certificate other("other.example");
  for (const auto& text : {std::string(), std::string("x"), content_of(other.key),
                           std::string(kPem.substr(0, kPem.size() / 2))}) {
    refused(base::Code::bad_request, crypto::read_certificate(text, "x"));
  }
}

}  // namespace
