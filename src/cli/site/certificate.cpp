#include "cli/site/certificate.hpp"

#include "roomkey/base/file.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/crypto/server_certificate.hpp"

namespace roomkey::cli::site {

namespace {

base::Result<crypto::CertificateFacts> facts_of(const Site& site) {
  const auto certificate = base::read_file(site.certificate);
  if (!certificate) return base::Error{base::Code::bad_request, certificate.error().detail};
  auto key = base::read_file(site.key);
  if (!key) return base::Error{base::Code::bad_request, site.key + ": " + key.error().detail};
  auto facts = crypto::certificate_facts(*certificate, *key, site.domain);
  crypto::wipe(*key);
  return facts;
}

}  // namespace

std::string certificate_fault(const Site& site, std::chrono::sys_seconds now) {
  for (const auto& path : {site.certificate, site.key}) {
    if (std::string why = path_fault(path); !why.empty()) return why;
  }
  const auto facts = facts_of(site);
  if (!facts) return "can't be used: " + facts.error().detail;
  if (!facts->fits_key) return "does not belong to the key " + site.key;
  if (facts->not_after <= now) return "expired at " + base::format_utc(facts->not_after);
  if (facts->not_before > now) return "is not valid before " + base::format_utc(facts->not_before);
  return facts->names_domain ? "" : "is not for " + site.domain;
}

bool own_certificate_is_due(const Site& site, std::chrono::sys_seconds now) {
  constexpr std::chrono::days kEarly{30};
  const auto facts = facts_of(site);
  return !facts || !facts->fits_key || !facts->names_domain || facts->not_after <= now + kEarly;
}

}  // namespace roomkey::cli::site
