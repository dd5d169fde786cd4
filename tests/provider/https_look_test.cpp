// Https::Settings::look_at.
#include "roomkey/crypto/certificate.hpp"
#include "roomkey/provider/https.hpp"
#include "support/certificate.hpp"
#include "support/stand_in.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using provider::Https;

Https looking_at(const std::string& place) {
  return Https({"", crypto::Secret(), std::chrono::seconds{20}, "", place});
}

Https::Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{20}; }

std::string fingerprint(const std::string& pem) {
  return accepted(crypto::read_certificate(pem, "x")).fingerprint;
}

TEST(looks_at_whoever_is_there_and_says_by_which_certificate) {
  const Certificate certificate("video.clinic.example");
  const StandIn server({"--certificate", certificate.pem, "--key", certificate.key});
  auto https = looking_at(server.url("127.0.0.1"));
  for (int turn = 0; turn < 2; ++turn) {  // the second on the connection that is open
    const auto answer = accepted(https.get("https://video.clinic.example:1/v1/Rooms", soon()));
    same(401, answer.status);
    expect(!answer.server.empty());
    same(fingerprint(content_of(certificate.pem)), fingerprint(https.certificate()));
  }
}

TEST(who_speaks_no_tls_has_no_certificate) {
  const StandIn server;
  auto https = looking_at(server.url("127.0.0.1"));
  refused(base::Code::provider_unavailable, https.get("https://video.clinic.example/", soon()));
  expect(https.failure() == Https::Failure::tls);
  same("", https.certificate());
  auto nobody = looking_at("127.0.0.1:1");
  refused(base::Code::provider_unavailable, nobody.get("https://video.clinic.example/", soon()));
  expect(nobody.failure() == Https::Failure::connection);
}

TEST(elsewhere_nothing_changes) {
  const Certificate certificate("localhost");
  const StandIn server({"--certificate", certificate.pem, "--key", certificate.key});
  Https https({"", crypto::Secret(), std::chrono::seconds{20}});
  refused(base::Code::provider_unavailable, https.get(server.url("https://localhost"), soon()));
  same("", https.certificate());
}

}  // namespace
