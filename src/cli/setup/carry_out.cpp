// Carrying a plan out: files first, all of them or none, then what runs by them.
#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "cli/session.hpp"
#include "cli/setup/child.hpp"
#include "cli/setup/plan.hpp"
#include "cli/site/certificate.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/crypto/server_certificate.hpp"

namespace roomkey::cli::setup {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::days kOwnValidity{825};  // more, and Apple's systems refuse it
constexpr Access kForAll{0644};
constexpr Access kForRoot{0600};
constexpr const char* kOnceMore = "run `roomkey setup` again when that is mended";

// Ctrl-C must not come between a file and its fellows. The programs that we run still hear it.
class Undisturbed {
 public:
  Undisturbed() {
    sigset_t all{};
    sigemptyset(&all);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&all, number);
    sigprocmask(SIG_BLOCK, &all, &before_);
  }
  ~Undisturbed() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  Undisturbed(const Undisturbed&) = delete;
  Undisturbed& operator=(const Undisturbed&) = delete;

 private:
  sigset_t before_{};
};

bool must_make_certificate(const Plan& plan, std::chrono::sys_seconds now) {
  return plan.self_signed && site::own_certificate_is_due(plan.site, now);
}

void write_files(FileChanges& files, const Plan& plan, const Present& present,
                 std::chrono::sys_seconds now) {
  const Places& places = present.places;
  if (must_make_certificate(plan, now)) {
    auto made = crypto::self_signed_certificate(plan.site.domain, now, kOwnValidity);
    files.folder(places.tls());
    files.write(places.own_key(), made.key, kForRoot);
    files.write(places.own_certificate(), made.certificate, kForAll);
    crypto::wipe(made.key);
  }
  for (const auto& key : plan.key_files) files.write(key.path, key.content, for_workers());
  files.write(places.env(), plan.env_text, for_workers());
  files.write(places.site_settings(), plan.site_settings_text, kForAll);
  const auto old = base::read_file(places.site());
  if (old && *old != plan.site_text) files.write(places.site() + ".old", *old, kForAll);
  files.write(places.site(), plan.site_text, kForAll);
  files.link(places.site_link(), places.site());
  for (const auto& drop_in : plan.drop_ins) {
    if (drop_in.content.empty()) continue;
    files.folder(fs::path(drop_in.path).parent_path());
    files.write(drop_in.path, drop_in.content, kForAll);
  }
}

// Of a store that was a server's.
int remove_drop_ins(const Plan& plan) {
  for (const auto& drop_in : plan.drop_ins) {
    std::error_code fault;
    if (drop_in.content.empty()) fs::remove(drop_in.path, fault);
    if (fault) return fail(kFailed, drop_in.path + ": can't be removed: " + fault.message());
  }
  return kDone;
}

int take_back(FileChanges& files, const std::string& why, const std::string& words) {
  const auto faults = files.undo();
  std::cerr << words;
  for (const auto& fault : faults) fail(kFailed, "not put back: " + fault);
  return fail(kFailed, why + (faults.empty() ? "; nothing was changed" : ""));
}

// All files, as nginx takes them, or none.
int put_files(const Plan& plan, const Present& present, std::chrono::sys_seconds now) {
  const Undisturbed undisturbed;
  FileChanges files;
  try {
    write_files(files, plan, present, now);
    const Ran test = run_captured({find_program("nginx"), "-t", "-q"});
    if (test.status != 0) return take_back(files, "nginx refuses its configuration", test.said);
  } catch (const std::exception& fault) {
    return take_back(files, fault.what(), "");
  }
  files.keep();
  return kDone;
}

// With the outputs in our hands: a step doesn't fail because nobody reads what it says.
int run_step(const std::vector<std::string>& argv, const char* what) {
  const Ran step = run_captured(argv);
  (step.status == 0 ? std::cout : std::cerr) << step.said << std::flush;
  return step.status == 0 ? kDone : fail(kFailed, what, kOnceMore);
}

std::vector<std::string> systemctl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), find_program("systemctl"));
  return arguments;
}

// Those that the package enables too: by name, so that one that failed is started again.
int start_workers() {
  const bool ran = run_captured(systemctl({"is-active", "--quiet", "roomkey.target"})).status == 0;
  const int started = run_step(
      systemctl({"--quiet", "enable", "--now", "roomkey.target", "roomkey-token.socket",
                 "roomkey-room.socket", "roomkey-token@1.service", "roomkey-token@2.service",
                 "roomkey-room@1.service", "roomkey-room@2.service", "roomkey-backup.timer",
                 "roomkey-logs.timer", "roomkey-audit-witness.timer"}),
      "not all of roomkey's units could be started: systemctl status 'roomkey*'");
  if (started != kDone || !ran) return started;
  return run_step(systemctl({"reload", "roomkey.target"}),
                  "the workers could not be restarted: systemctl status 'roomkey*'");
}

// This program once more, as the administrator would call it.
std::vector<std::string> roomkey(const Present& present, std::vector<std::string> command) {
  if (present.json) command.insert(command.begin(), "--json");
  command.insert(command.begin(), {"/proc/self/exe", "--env-file", present.places.env()});
  return command;
}

int start_all(const Plan& plan, const Present& present) {
  if (const int status =
          run_step(roomkey(present, {"db", "migrate"}), "the store can't be made ready")) {
    return status;
  }
  // All works without it, and the nightly backup tries again. A server's disk is not ours.
  if (!plan.served) {
    static_cast<void>(run_step(roomkey(present, {"db", "reserve"}),
                               "no room is kept on the store's disk for the day when it is full"));
  }
  if (const int status = remove_drop_ins(plan)) return status;
  if (!plan.drop_ins.empty()) {
    const int status =
        run_step(systemctl({"daemon-reload"}), "systemd does not take the workers' drop-ins");
    if (status != kDone) return status;
  }
  if (const int status = start_workers()) return status;
  return run_step(systemctl({"reload-or-restart", "nginx.service"}),
                  "nginx could not be reloaded: systemctl status nginx");
}

// Copies of keys that nothing names any more.
std::vector<std::string> old_copies(const Plan& plan, const Present& present) {
  std::vector<std::string> paths;
  for (const auto& [variable, value] : plan.variables) {
    if (!variable.ends_with("_FILE")) continue;
    const std::string copy = present.places.key_copy(variable);
    if (present.value(variable) == copy && value != copy) paths.push_back(copy);
  }
  return paths;
}

// Not before the workers have what stands in its place.
int remove_old_copies(const Plan& plan, const Present& present) {
  int status = kDone;
  for (const auto& path : old_copies(plan, present)) {
    std::error_code fault;
    fs::remove(path, fault);
    if (fault) status = fail(kFailed, path + ": can't be removed: " + fault.message(), kOnceMore);
  }
  return status;
}

bool is_secret(const std::string& variable) {
  const auto secrets = config::Environment::secrets();
  return std::find(secrets.begin(), secrets.end(), variable) != secrets.end();
}

std::string said(const std::string& variable, const std::optional<std::string>& value) {
  if (!value) return variable + " taken out";
  return is_secret(variable) ? variable + " set (not shown)" : variable + '=' + *value;
}

}  // namespace

Access for_workers() {
  const group* const workers = getgrnam("roomkey");
  return {0640, workers == nullptr ? getegid() : workers->gr_gid};
}

std::vector<std::string> changes(const Plan& plan, const Present& present,
                                 std::chrono::sys_seconds now) {
  const Places& places = present.places;
  std::vector<std::string> list;
  if (!plan.store_step.empty()) list.push_back("the store: " + plan.store_step);
  for (const auto& [variable, value] : plan.variables) {
    list.push_back(places.env() + ": " + said(variable, value));
  }
  if (plan.variables.empty() && !is_as(places.env(), plan.env_text, for_workers())) {
    list.push_back(places.env() + ": for root and the group roomkey alone");
  }
  for (const auto& key : plan.key_files) list.push_back(key.path + ": " + key.what);
  for (const auto& path : old_copies(plan, present)) {
    list.push_back(path + ": removed, nothing names it any more");
  }
  if (must_make_certificate(plan, now)) {
    list.push_back(places.own_certificate() + ": a self-signed certificate for " +
                   plan.site.domain);
  }
  if (!is_as(places.site_settings(), plan.site_settings_text, kForAll)) {
    list.push_back(places.site_settings() + ": the answers for nginx's site");
  }
  if (!is_as(places.site(), plan.site_text, kForAll)) {
    list.push_back(places.site() + ": nginx's site for " + plan.site.domain);
  }
  for (const auto& drop_in : plan.drop_ins) {
    list.push_back(drop_in.path + (drop_in.content.empty() ? ": removed, the store needs no network"
                                                           : ": a way to the store's servers"));
  }
  std::error_code none;
  if (fs::read_symlink(places.site_link(), none) != places.site()) {
    list.push_back(places.site_link() + ": puts it into use");
  }
  return list;
}

int carry_out(const Plan& plan, const Present& present, std::chrono::sys_seconds now) {
  if (const int status = make_store(plan, present)) return status;
  if (const int status = put_files(plan, present, now)) return status;
  if (const int status = start_all(plan, present)) return status;
  return remove_old_copies(plan, present);
}

int check_all(const Present& present) {
  std::cout.flush();
  if (run_shown(roomkey(present, {"check", "--offline"})) == 0) return kDone;
  return fail(kFailed, "all is started, but the check found faults", kOnceMore);
}

}  // namespace roomkey::cli::setup
