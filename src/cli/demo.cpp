// What demo/demo.sh asks for: a demo's certificate and nginx files, by the code of `setup`.
#include <unistd.h>

#include <stdexcept>

#include "cli/commands.hpp"
#include "cli/setup/files.hpp"
#include "cli/site/certificate.hpp"
#include "cli/site/origin.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/crypto/server_certificate.hpp"

namespace roomkey::cli {

namespace {

using setup::FileChanges;

constexpr setup::Access kForUs{0600};
constexpr std::chrono::days kValidity{365};

site::Site site_of(const DemoFields& demo, const std::vector<std::string>& origins) {
  return {"localhost",
          demo.folder + "/tls/cert.pem",
          demo.folder + "/tls/key.pem",
          origins,
          {},
          {"Practice of Dr. Sarah", "+1 555 0100", ""}};
}

bool has_ipv6() {
  const auto addresses = base::read_file("/proc/net/if_inet6");
  return addresses && addresses->find("00000000000000000000000000000001 ") != std::string::npos;
}

std::string listen(const DemoFields& demo) {
  const std::string rest = ':' + std::to_string(demo.port) + " ssl http2;";
  return "listen 127.0.0.1" + rest + (has_ipv6() ? "\n    listen [::1]" + rest : "");
}

site::Names names_of(const DemoFields& demo, const site::Site& site, const Session& session) {
  site::Names names = site::names_of(
      site, [&](const std::string& variable) { return session.environment.get(variable); });
  names.insert({{"LISTEN", listen(demo)},
                // Else it would hold for every http://localhost:3000 in this browser.
                {"HSTS", "max-age=0"},
                {"LIMIT", demo.no_rate_limit ? "#" : ""},
                {"TOKEN_SOCKET", "token.sock"},
                {"ROOM_SOCKET", "room.sock"},
                {"WEB", demo.folder + "/web"},
                {"ACCESS_LOG", demo.folder + "/log/nginx-access.log"},
                {"ERROR_LOG", demo.folder + "/log/nginx-error.log"},
                {"DIR", demo.folder},
                // As root it has to read a folder that nobody else can.
                {"USER", geteuid() == 0 ? "user root;" : ""}});
  names["CARRIED_SERVER"] = "unix:janus.sock";  // as demo/call.sh has it
  return names;
}

std::string filled(const std::string& path, const site::Names& names) {
  const auto form = base::read_file(path);
  const auto text = form ? site::fill_in(site::without_port_80(*form), names) : form.error();
  if (!text) throw std::runtime_error(path + ": " + text.error().detail);
  return *text;
}

void write_certificate(FileChanges& files, const site::Site& site, std::chrono::sys_seconds now) {
  if (!site::own_certificate_is_due(site, now)) return;
  auto made = crypto::self_signed_certificate(site.domain, now, kValidity, {"127.0.0.1", "::1"});
  files.write(site.key, made.key, kForUs);
  files.write(site.certificate, made.certificate, kForUs);
  crypto::wipe(made.key);
}

}  // namespace

int demo_files(Session& session, const DemoFields& demo) {
  // As the worker would say; the other faults were said before.
  if (const auto& missing = session.config.bearer_missing) {
    return fail(config::kExitConfig, missing->text());
  }
  const site::Origins origins = site::read_origins(demo.origins);
  for (const auto& fault : origins.faults) fail(kUsage, fault);
  if (!origins.faults.empty()) return kUsage;
  const site::Site site = site_of(demo, origins.list);
  const site::Names names = names_of(demo, site, session);
  FileChanges files;
  write_certificate(files, site, session.now);
  files.write(demo.folder + "/nginx.conf", filled(demo.source + "/demo/nginx.conf.in", names),
              kForUs);
  files.write(demo.folder + "/roomkey-site.conf",
              filled(demo.source + "/nginx/roomkey.conf.in", names), kForUs);
  files.keep();
  return kDone;
}

}  // namespace roomkey::cli
