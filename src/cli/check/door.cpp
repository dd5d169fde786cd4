// The site as it answers on this machine, which is what runs and not what stands in files.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "cli/check/checks.hpp"
#include "cli/site/site.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"

namespace roomkey::cli::check {

namespace {

using provider::Https;
using Failure = Https::Failure;

constexpr const char* kDoor = "https";
constexpr const char* kWorkers = "workers";
constexpr const char* kUnavailable = "worker_unavailable";

// --- Asking

// The name that nginx chooses the site by.
std::string name_of(const site::SiteFile& site) {
  const std::string name = base::lower_ascii(site.host);
  return site::domain_fault(name).empty() || site::address_fault(name).empty() ? name : "localhost";
}

std::string port_of(const std::string& door) { return door.substr(door.rfind(':') + 1); }

// An object's member, or nothing of it where the text is no JSON object.
Json::Value member_of(const std::string& body, const char* key) {
  const auto object = base::parse_json_object(body);
  return object && object->isMember(key) ? (*object)[key] : Json::Value();
}

std::string word_of(const Json::Value& value) {
  return value.isString() ? value.asString() : std::string();
}

bool is_well(const std::string& line) { return line == "ok" || line == "not configured"; }

class Asking {
 public:
  Asking(const site::SiteFile& site, const std::string& door)
      : https_({"", crypto::Secret(), std::chrono::seconds{2}, "", door}),
        address_("https://" + name_of(site) + ':' + port_of(door)) {}

  [[nodiscard]] base::Result<Https::Answer> get(const char* path) {
    constexpr std::chrono::seconds kDeadline{5};
    return https_.get(address_ + path, std::chrono::steady_clock::now() + kDeadline);
  }
  [[nodiscard]] const Https& https() const { return https_; }

 private:
  Https https_;
  std::string address_;
};

void ask_ready(Asking& asking, DoorAnswer& result) {
  const auto answer = asking.get("/readyz");
  const Json::Value checks = answer ? member_of(answer->body, "checks") : Json::Value();
  result.roomkey = checks.isObject() && checks.isMember("bearer_keys");
  if (!result.roomkey) return;
  for (const auto& name : checks.getMemberNames()) {
    const std::string line = word_of(checks[name]);
    if (!is_well(line)) result.not_ready.emplace_back(name, line);
  }
}

// A path that nginx hands to the room pool and that is nobody's: it says 404.
void ask_room_pool(Asking& asking, DoorAnswer& result) {
  const auto answer = asking.get("/api/appointments/video-status/");
  result.room_status = answer ? answer->status : 504;
}

// --- Judging

std::string who_has(const std::string& door) {
  return "ss -ltnp 'sport = :" + port_of(door) + '\'';
}

void say_nobody(base::Findings& findings, const DoorAnswer& answer, bool nginx_runs) {
  const std::string text = "Nobody answers on " + answer.door + ": ";
  if (!nginx_runs) {
    return findings.error(kDoor, text + "nginx does not run.",
                          "systemctl start nginx. If it doesn't start, nginx -t and journalctl -u "
                          "nginx say why.");
  }
  findings.error(
      kDoor, text + "an nginx runs, but doesn't listen there for this site.",
      "See that it takes the site (nginx -t; nginx -T shows all that it reads; "
      "/etc/nginx/nginx.conf must include /etc/nginx/sites-enabled/*) and what it says in "
      "/var/log/nginx/error.log, then systemctl reload nginx. If that is an nginx of "
      "somebody else's: systemctl start nginx.");
}

// Who answers is not this site.
void say_stranger(base::Findings& findings, const site::SiteFile& site, const DoorAnswer& answer) {
  const std::string which = " See which program has the port: " + who_has(answer.door) +
                            ". Where it is not nginx, stop it or give it another port, then "
                            "systemctl restart nginx.";
  if (answer.server.starts_with("nginx")) {
    return findings.error(
        kDoor, "nginx answers on " + answer.door + " for " + site.host + " with another site.",
        "See that nginx uses roomkey's: nginx -T | grep roomkey.conf. If not: ln -s "
        "/etc/nginx/sites-available/roomkey.conf /etc/nginx/sites-enabled/ && systemctl reload "
        "nginx. No other site may have that server_name." +
            which);
  }
  const std::string how =
      answer.status != 0
          ? "/healthz gets HTTP " + std::to_string(answer.status) + ", and not roomkey's answer"
          : answer.why;
  findings.error(kDoor, "Another program answers on " + answer.door + ": " + how + '.',
                 which.substr(1));
}

void say_no_worker(base::Findings& findings, const DoorAnswer& answer, const std::string& pool,
                   const std::string& how) {
  findings.error(kWorkers,
                 "nginx answers on " + answer.door + ", but no worker of the " + pool +
                     " pool does: " + how + '.',
                 "systemctl start roomkey.target. If they don't stay up, see why: systemctl status "
                 "'roomkey-" +
                     pool + "@*' (status 78: the configuration, as roomkey check has it).");
}

std::string refused_with(int status) {
  return "HTTP " + std::to_string(status) + ' ' + kUnavailable;
}

bool is_served_old(const FoundSite& site, const DoorAnswer& answer) {
  const auto& known = site.fingerprints;
  return !known.empty() && std::find(known.begin(), known.end(), answer.fingerprint) == known.end();
}

void say_old_certificate(base::Findings& findings, const FoundSite& site,
                         const DoorAnswer& answer) {
  findings.error(
      "certificate",
      "nginx still serves an old certificate on " + answer.door + ", not the one in " +
          site.file.certificates.front() + '.',
      "systemctl reload nginx. If that changes nothing, nginx -t says what it doesn't "
      "take. So that a renewal does it by itself: certbot renew --deploy-hook 'systemctl "
      "reload nginx'.");
}

// No answer to /healthz came.
void say_silent(base::Findings& findings, const FoundSite& site, const DoorAnswer& answer,
                bool nginx_runs) {
  const bool tls = !answer.fingerprint.empty();
  if (tls && answer.failure == Failure::deadline && !is_served_old(site, answer)) {
    return say_no_worker(findings, answer, "token", "nothing within 5 s");
  }
  if (answer.failure == Failure::library) {
    return findings.error(kDoor, "The site on this machine was not asked: " + answer.why + '.',
                          "apt install --reinstall libcurl4");
  }
  if (answer.failure == Failure::connection) return say_nobody(findings, answer, nginx_runs);
  say_stranger(findings, site.file, answer);
}

// Whether there is an error about what /readyz calls so: "store", or a provider, whose
// variables begin with its name.
bool is_said(const base::Findings& findings, const std::string& name) {
  const std::string about = name == "schema" ? "store" : name;
  return std::any_of(findings.all().begin(), findings.all().end(), [&](const base::Finding& one) {
    return one.level == base::Finding::Level::error &&
           base::lower_ascii(one.code).starts_with(about);
  });
}

void say_not_ready(base::Findings& findings, const DoorAnswer& answer) {
  std::string faults;
  for (const auto& [name, why] : answer.not_ready) {
    if (is_said(findings, name) || faults.ends_with(why)) continue;  // without a store no schema
    faults.append(faults.empty() ? "" : "; ").append(name).append(": ").append(why);
  }
  if (faults.empty()) return;
  findings.error(
      "readyz", "The workers are not ready (/readyz): " + faults + '.',
      "What they would read now has no such fault: systemctl reload roomkey.target has them "
      "read it. If it stays, journalctl -u 'roomkey-*' has what they say.");
}

bool nginx_runs() {
  std::error_code over;
  for (const auto& process : std::filesystem::directory_iterator("/proc", over)) {
    std::string name;
    if (std::getline(std::ifstream(process.path() / "comm"), name) && name == "nginx") return true;
  }
  return false;
}

// A machine without IPv6 has no way to [::1], though nginx may listen there.
bool has_ipv6_loopback() {
  std::ifstream addresses("/proc/net/if_inet6");
  const std::string loopback = std::string(31, '0') + '1';
  for (std::string line; std::getline(addresses, line);) {
    if (line.starts_with(loopback)) return true;
  }
  return false;
}

std::vector<std::string> doors_here(const site::SiteFile& site) {
  auto doors = site.doors;
  if (!has_ipv6_loopback()) {
    std::erase_if(doors, [](const std::string& door) { return door.starts_with("[::1]"); });
  }
  return doors;
}

// `before` is what was found besides.
base::Findings look_once(const base::Findings& before, const FoundSite& site,
                         const std::vector<std::string>& doors) {
  base::Findings all = before;
  std::string well;
  for (const auto& door : doors) {
    check_door(all, site, ask_door(site.file, door), nginx_runs());
    if (all.all().size() > before.all().size()) return all;
    well += (well.empty() ? "" : ", ") + door;
  }
  all.ok(kDoor, "The site answers on this machine (" + well + "), and its workers behind it");
  return all;
}

}  // namespace

DoorAnswer ask_door(const site::SiteFile& site, const std::string& door) {
  DoorAnswer result{door};
  Asking asking(site, door);
  const auto answer = asking.get("/healthz");
  const auto certificate = crypto::read_certificate(asking.https().certificate(), site.host);
  if (certificate) result.fingerprint = certificate->fingerprint;
  if (!answer) {
    result.failure = asking.https().failure();
    result.why = answer.error().detail;
    return result;
  }
  result.status = answer->status;
  result.server = answer->server;
  result.code = word_of(member_of(answer->body, "code"));
  if (answer->status != 200 || word_of(member_of(answer->body, "status")) != "ok") return result;
  ask_ready(asking, result);
  if (result.roomkey) ask_room_pool(asking, result);
  return result;
}

void check_door(base::Findings& findings, const FoundSite& site, const DoorAnswer& answer,
                bool nginx_runs) {
  if (answer.status == 0) return say_silent(findings, site, answer, nginx_runs);
  const bool no_worker = answer.code == kUnavailable;
  const bool closed = answer.code == "permission_denied";
  if (!answer.roomkey && !no_worker && !closed) return say_stranger(findings, site.file, answer);
  if (is_served_old(site, answer)) say_old_certificate(findings, site, answer);
  if (no_worker) return say_no_worker(findings, answer, "token", refused_with(answer.status));
  if (closed) {
    return findings.warn(kDoor,
                         "The health routes are closed to this machine on " + answer.door +
                             ": what its workers do was not seen.",
                         "roomkey setup --health-allow with the address there.");
  }
  if (answer.room_status >= 502 && answer.room_status <= 504) {
    say_no_worker(findings, answer, "room", refused_with(answer.room_status));
  }
  say_not_ready(findings, answer);
}

void check_running(base::Findings& findings, const FoundSite& site) {
  using Clock = std::chrono::steady_clock;
  const auto doors = doors_here(site.file);
  if (doors.empty()) return;
  const auto end = Clock::now() + std::chrono::seconds{3};
  const auto faults = findings.count(base::Finding::Level::error);
  base::Findings seen = look_once(findings, site, doors);
  while (seen.count(base::Finding::Level::error) > faults && Clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    seen = look_once(findings, site, doors);
  }
  findings = seen;
}

}  // namespace roomkey::cli::check
