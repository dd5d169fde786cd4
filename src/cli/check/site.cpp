// The nginx site that `roomkey setup` enables, and its certificate.
#include "cli/site/site.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/check/checks.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/words.hpp"

namespace roomkey::cli::check {

namespace {

constexpr const char* kSiteCheck = "nginx_site";
constexpr const char* kCertificate = "certificate";

// Where `roomkey setup` puts the file that this is a link to.
std::string available(const std::string& enabled) {
  constexpr std::string_view kEnabled = "/sites-enabled/";
  const std::size_t at = enabled.rfind(kEnabled);
  if (at == enabled.npos) return {};
  return enabled.substr(0, at) + "/sites-available/" + enabled.substr(at + kEnabled.size());
}

void say_no_site(base::Findings& findings, const std::string& path, bool named) {
  struct stat link {};
  const bool dangling = lstat(path.c_str(), &link) == 0;
  if (const auto file = available(path); !named && !dangling && ::access(file.c_str(), F_OK) == 0) {
    return findings.error(kSiteCheck,
                          "The nginx site " + file + " is not enabled: nginx doesn't use it.",
                          "ln -s " + file + ' ' + path + " && systemctl reload nginx");
  }
  if (!named && !dangling) {
    return findings.warn(kSiteCheck,
                         "There is no nginx site of roomkey on this machine (" + path + ").",
                         "Installed, `roomkey setup` makes it. In a demo, or with an nginx of your "
                         "own, name it: --nginx-site FILE.");
  }
  findings.error(kSiteCheck,
                 dangling ? "The nginx site " + path + " leads to a file that isn't there."
                          : "There is no nginx site " + path + '.',
                 named ? "Give --nginx-site the name of a file."
                       : "Run `roomkey setup`, which makes it anew.");
}

void say_unreadable(base::Findings& findings, const std::string& path, const std::string& why) {
  const std::string text = "The certificate " + path + " can't be read: " + why + '.';
  if (why == std::strerror(EACCES)) {
    return findings.warn(kCertificate, text, "Run `roomkey check` as root.");
  }
  findings.error(kCertificate, text,
                 "Put the certificate there, or run `roomkey setup` with another one; nginx can't "
                 "start like this.");
}

void check_certificate_at(base::Findings& findings, FoundSite& site, const std::string& path,
                          std::chrono::sys_seconds now) {
  const auto pem = base::read_file(path);
  if (!pem) return say_unreadable(findings, path, pem.error().detail);
  const auto certificate = crypto::read_certificate(*pem, site.file.host);
  if (!certificate) {
    return findings.error(kCertificate,
                          path + " is not a certificate: " + certificate.error().detail + '.',
                          "Put the server's certificate there in PEM form, first in the file.");
  }
  site.fingerprints.push_back(certificate->fingerprint);
  check_certificate(findings, *certificate, site.file.host, now);
}

void check_certificates(base::Findings& findings, FoundSite& site, std::chrono::sys_seconds now) {
  if (site.file.certificates.empty()) {
    return findings.error(
        kCertificate, "The nginx site names no certificate (ssl_certificate).",
        "Run `roomkey setup`: browsers give camera and microphone to https alone.");
  }
  for (const auto& path : site.file.certificates) check_certificate_at(findings, site, path, now);
}

// What is wrong with a site that can't be read.
void say_no_content(base::Findings& findings, const std::string& site, bool named,
                    const std::string& why) {
  if (why == std::strerror(ENOENT)) return say_no_site(findings, site, named);
  if (why == std::strerror(EACCES)) {
    return findings.warn(kSiteCheck, "The nginx site " + site + " may not be read.",
                         "Run `roomkey check` as root.");
  }
  findings.error(kSiteCheck, "The nginx site " + site + " can't be read: " + why + '.',
                 "Give --nginx-site the name of a file.");
}

// Nothing is said where nobody is believed.
void check_proxies(base::Findings& findings, const site::Proxies& proxies) {
  constexpr const char* kProxies = "trusted_proxy";
  if (proxies.networks.empty()) return;
  const auto& networks = proxies.networks;
  const auto everybody = std::find_if(networks.begin(), networks.end(), site::is_everybody);
  if (everybody != networks.end()) {
    return findings.warn(kProxies,
                         "The nginx site takes everybody's word for who asks (set_real_ip_from " +
                             *everybody + "): no rate limit holds for who calls himself another.",
                         "roomkey setup --trusted-proxy with the addresses of the proxy alone.");
  }
  // nginx's default.
  const std::string header = proxies.header.empty() ? "X-Real-IP" : proxies.header;
  findings.ok(kProxies, "Who asks is what " + header + " says, where it comes from " +
                            site::line_of(networks));
}

}  // namespace

std::optional<FoundSite> check_site(base::Findings& findings, const std::string& site, bool named,
                                    std::chrono::sys_seconds now) {
  const auto content = base::read_file(site);
  if (!content) {
    say_no_content(findings, site, named, content.error().detail);
    return std::nullopt;
  }
  findings.ok(kSiteCheck, "The nginx site is there: " + site);
  check_origins(findings, *content);
  FoundSite found{site::read_site_file(*content), {}};
  check_proxies(findings, found.file.proxies);
  check_certificates(findings, found, now);
  return found;
}

void check_certificate(base::Findings& findings, const crypto::Certificate& certificate,
                       const std::string& host, std::chrono::sys_seconds now) {
  constexpr std::chrono::days kSoon{14};
  constexpr const char* kRenew =
      "Renew it and reload nginx (systemctl reload nginx); with Let's Encrypt, see why certbot "
      "does not (systemctl status certbot.timer).";
  const auto when = base::format_utc(certificate.not_after) + " (" +
                    base::relative(certificate.not_after, now) + ')';
  if (certificate.not_after <= now) {
    findings.error(kCertificate, "The certificate expired on " + when + '.', kRenew);
  } else if (certificate.not_before > now) {
    findings.error(
        kCertificate,
        "The certificate is not valid before " + base::format_utc(certificate.not_before) + '.',
        "See that this machine's clock is right (timedatectl).");
  } else if (!certificate.for_host) {
    findings.error(
        kCertificate, "The certificate is not for " + host + ": browsers refuse it.",
        "Get one for that name, or run `roomkey setup` with --domain and the name that it "
        "is for.");
  } else if (certificate.not_after - now < kSoon) {
    findings.warn(kCertificate, "The certificate expires on " + when + '.', kRenew);
  } else {
    findings.ok(kCertificate, "The certificate is for " + host + " and good until " + when);
  }
}

}  // namespace roomkey::cli::check
