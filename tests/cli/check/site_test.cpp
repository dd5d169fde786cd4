#include <filesystem>

#include "cli/check/checked.hpp"
#include "support/certificate.hpp"
#include "support/clinic.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using base::Findings;

base::Findings site(const std::string& path, bool named = true) {
  base::Findings findings;
  cli::check::check_site(findings, path, named, base::SystemClock().now());
  return findings;
}

std::string site_of(const std::string& certificate, const std::string& name) {
  return "# ssl_certificate \"/wrong\";\nserver {\n    server_name " + name +
         ";\n    ssl_certificate_key \"/wrong\";\n    ssl_certificate \"" + certificate +
         "\";\n}\n";
}

TEST(the_site_leads_to_its_certificate) {
  const Certificate certificate("video.clinic.example", 100);
  const Folder folder;
  const auto file = [&](const std::string& name) {
    return folder.file("site", site_of(certificate.pem, name));
  };
  came_out("ok nginx_site, ok certificate", site(file("video.clinic.example")), "good until ");
  came_out("ok nginx_site, error certificate", site(file("localhost")), "is not for localhost");
  const std::string odd = folder.file("it is; a #name", content_of(certificate.pem));
  came_out("ok nginx_site, ok certificate",
           site(folder.file("site", site_of(odd, "video.clinic.example other.example"))));
  const auto bare = "server_name x.example;\nssl_certificate " + certificate.pem + ";";
  came_out("ok nginx_site, error certificate", site(folder.file("site", bare)), "for x.example");
}

TEST(a_site_without_a_good_certificate_is_a_problem) {
  const Folder folder;
  const auto file = [&](const std::string& certificate) {
    return folder.file("site", site_of(certificate, "x"));
  };
  came_out("ok nginx_site, error certificate", site(file(folder.file("missing"))), "No such file");
  came_out("ok nginx_site, error certificate", site(file(folder.file("text", "x"))),
           "is not a certificate");
  came_out("ok nginx_site, error certificate", site(folder.file("site", "server {}")), "names no");
}

TEST(a_site_that_is_not_there_is_a_problem_only_where_it_must_be) {
  const Folder folder;
  came_out("warn nginx_site", site(folder.file("missing"), false), "`roomkey setup`");
  came_out("error nginx_site", site(folder.file("missing")), "There is no nginx site");
  came_out("error nginx_site", site(folder.path()), "Is a directory");
  std::filesystem::create_symlink(folder.file("missing"), folder.file("link"));
  came_out("error nginx_site", site(folder.file("link"), false), "leads to a file that isn't");
}

TEST(a_site_that_setup_wrote_and_that_is_not_enabled_is_a_problem) {
  const Folder folder;
  std::filesystem::create_directory(folder.file("sites-available"));
  std::filesystem::create_directory(folder.file("sites-enabled"));
  const std::string written = folder.file("sites-available/roomkey.conf", "server {}");
  const std::string enabled = folder.file("sites-enabled/roomkey.conf");
  came_out("error nginx_site", site(enabled, false),
           "\n    ln -s " + written + ' ' + enabled + " && systemctl reload nginx\n");
}

TEST(a_certificates_days_are_counted) {
  const auto said = [](std::chrono::seconds from, std::chrono::seconds until, bool for_host) {
    base::Findings findings;
    cli::check::check_certificate(findings, {kNine + from, kNine + until, for_host}, "x.example",
                                  kNine);
    return findings;
  };
  const auto day = 24h;
  came_out("ok certificate", said(-day, 14 * day, true), "(in 14 days)");
  came_out("warn certificate", said(-day, 14 * day - 1s, true), "expires on");
  came_out("warn certificate", said(-day, 1s, true));
  came_out("error certificate", said(-day, 0s, true), "expired on 2025-11-16T09:00:00Z");
  came_out("error certificate", said(1s, day, true), "not valid before");
  came_out("error certificate", said(-day, 100 * day, false), "is not for x.example");
}

TEST(whose_word_is_taken_for_who_asks_is_said) {
  const Certificate certificate("x", 100);
  const Folder folder;
  const auto with = [&](const std::string& directives) {
    return site(folder.file("site", directives + site_of(certificate.pem, "x")));
  };
  const std::string proxy = "set_real_ip_from 192.0.2.10; set_real_ip_from ::1;";
  came_out("ok nginx_site, ok trusted_proxy, ok certificate",
           with(proxy + " real_ip_header CF-Connecting-IP;"),
           "Who asks is what CF-Connecting-IP says, where it comes from 192.0.2.10 ::1");
  came_out("ok nginx_site, ok trusted_proxy, ok certificate", with(proxy), "what X-Real-IP says");
  for (const std::string everybody : {"0.0.0.0/0", "::/0"}) {
    came_out("ok nginx_site, warn trusted_proxy, ok certificate",
             with(proxy + "set_real_ip_from " + everybody + ';'), everybody + "):");
  }
}

}  // namespace
