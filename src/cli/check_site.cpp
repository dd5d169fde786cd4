// The nginx site that `roomkey setup` enables, and its certificate.
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <regex>
#include <sstream>

#include "inspect_parts.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/cli/check.hpp"

namespace roomkey::cli {

namespace {

constexpr const char* kSite = "nginx_site";
constexpr const char* kCertificate = "certificate";

// The first value of a directive in the site; empty where it has none.
std::string directive(const std::string& site, const std::string& name) {
  const std::regex wanted("^\\s*" + name + "\\s+(?:\"([^\"]*)\"|([^\";\\s]+))");
  std::istringstream lines(site);
  std::smatch found;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_search(line, found, wanted)) return found[found[1].matched ? 1 : 2];
  }
  return {};
}

void say_no_site(Checks& checks, const std::string& path, bool named) {
  struct stat link {};
  const bool dangling = lstat(path.c_str(), &link) == 0;
  if (!named && !dangling) {
    return checks.warn(kSite, "There is no nginx site of roomkey on this machine (" + path + ").",
                       "Installed, `roomkey setup` makes it. In a demo, or with an nginx of your "
                       "own, name it: --nginx-site FILE.");
  }
  checks.error(kSite,
               dangling ? "The nginx site " + path + " leads to a file that isn't there."
                        : "There is no nginx site " + path + '.',
               named ? "Give --nginx-site the name of a file."
                     : "Run `roomkey setup`, which makes it anew.");
}

void check_certificate_of(Checks& checks, const std::string& site, std::chrono::sys_seconds now) {
  const std::string path = directive(site, "ssl_certificate");
  if (path.empty()) {
    return checks.error(kCertificate, "The nginx site names no certificate (ssl_certificate).",
                        "Run `roomkey setup`: browsers give camera and microphone to https alone.");
  }
  const auto pem = base::read_file(path);
  if (!pem) {
    const bool forbidden = pem.error().detail == std::strerror(EACCES);
    const std::string text =
        "The certificate " + path + " can't be read: " + pem.error().detail + '.';
    return forbidden ? checks.warn(kCertificate, text, "Run `roomkey check` as root.")
                     : checks.error(kCertificate, text,
                                    "Put the certificate there, or run `roomkey setup` with "
                                    "another one; nginx can't start like this.");
  }
  const std::string host = directive(site, "server_name");
  const auto certificate = crypto::read_certificate(*pem, host);
  if (!certificate) {
    return checks.error(kCertificate,
                        "The certificate " + path + " is none: " + certificate.error().detail + '.',
                        "Put the server's certificate there in PEM form, first in the file.");
  }
  check_certificate(checks, *certificate, host, now);
}

}  // namespace

void check_site(Checks& checks, const std::string& site, bool named, std::chrono::sys_seconds now) {
  const auto content = base::read_file(site);
  if (!content && content.error().detail == std::strerror(EACCES)) {
    return checks.warn(kSite, "The nginx site " + site + " may not be read.",
                       "Run `roomkey check` as root.");
  }
  if (!content && content.error().detail == std::strerror(ENOENT)) {
    return say_no_site(checks, site, named);
  }
  if (!content) {
    return checks.error(
        kSite, "The nginx site " + site + " can't be read: " + content.error().detail + '.',
        "Give --nginx-site the name of a file.");
  }
  checks.ok(kSite, "The nginx site is there: " + site);
  check_origins(checks, *content);
  check_certificate_of(checks, *content, now);
}

void check_certificate(Checks& checks, const crypto::Certificate& certificate,
                       const std::string& host, std::chrono::sys_seconds now) {
  constexpr std::chrono::days kSoon{14};
  constexpr const char* kRenew =
      "Renew it and reload nginx (systemctl reload nginx); with Let's Encrypt, see why certbot "
      "does not (systemctl status certbot.timer).";
  const auto when =
      base::format_utc(certificate.not_after) + " (" + relative(certificate.not_after, now) + ')';
  if (certificate.not_after <= now) {
    checks.error(kCertificate, "The certificate expired on " + when + '.', kRenew);
  } else if (certificate.not_before > now) {
    checks.error(
        kCertificate,
        "The certificate is not valid before " + base::format_utc(certificate.not_before) + '.',
        "See that this machine's clock is right (timedatectl).");
  } else if (!certificate.for_host) {
    checks.error(kCertificate, "The certificate is not for " + host + ": browsers refuse it.",
                 "Get one for that name, or run `roomkey setup` with --domain and the name that it "
                 "is for.");
  } else if (certificate.not_after - now < kSoon) {
    checks.warn(kCertificate, "The certificate expires on " + when + '.', kRenew);
  } else {
    checks.ok(kCertificate, "The certificate is for " + host + " and good until " + when);
  }
}

}  // namespace roomkey::cli
