#include "cli/setup/command.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "cli/check/checks.hpp"
#include "cli/session.hpp"
#include "cli/setup/plan.hpp"
#include "cli/setup/terminal.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::cli::setup {

namespace {

int say_all(int status, const std::vector<std::string>& faults) {
  for (const auto& fault : faults) fail(status, fault);
  return status;
}

int say_faults(const PlanFaults& faults) {
  for (const auto& [flag, what] : faults.missing) {
    fail(kUsage, std::string(flag).append(" is needed: ").append(what));
  }
  say_all(kUsage, faults.wrong);
  say_all(kUsage, faults.unusable);
  fail(kUsage, "nothing was changed",
       faults.missing.empty() ? "" : "roomkey setup --help, or run it on a terminal: it asks then");
  return faults.missing.empty() && faults.wrong.empty() ? config::kExitConfig : kUsage;
}

// Of the machine as a whole, which another root's doesn't have to be.
void need_machine(std::vector<std::string>& faults) {
  if (geteuid() != 0) faults.emplace_back("setup must be run as root");
  if (!std::filesystem::exists("/run/systemd/system")) {
    faults.emplace_back("systemd does not run this machine");
  }
  if (getgrnam("roomkey") == nullptr) {
    faults.emplace_back("there is no group roomkey: is roomkey's package installed?");
  }
}

// Where a provider sends its events from now on, which has to be entered there.
struct NewAddress {
  std::string url;
  const char* instructions;
};
std::optional<NewAddress> new_address(const Plan& plan) {
  for (const provider::Kind* const kind : provider::all()) {
    const auto* const address = kind->event_address();
    const auto found =
        address == nullptr ? plan.variables.end() : plan.variables.find(address->variable);
    if (found == plan.variables.end() || !found->second) continue;
    return NewAddress{*found->second, address->instructions};
  }
  return std::nullopt;
}

std::string url_of(const Plan& plan) { return "https://" + plan.site.domain + '/'; }

// A made-up machine's name is nobody's.
void say_where_it_leads(const Plan& plan, const Present& present) {
  if (!present.places.root.empty() || !check::is_looked_up(plan.site.domain)) return;
  base::Findings findings;
  check::check_name(findings, plan.site.domain, check::look_up(plan.site.domain),
                    check::own_addresses(), !plan.site.proxies.networks.empty());
  for (const auto& one : findings.all()) {
    if (one.level == base::Finding::Level::warning)
      std::cout << one.text << "\n  " << one.cure << '\n';
  }
}

void say_what_is_left(const Plan& plan, const Present& present) {
  say_where_it_leads(plan, present);
  if (const auto address = new_address(plan)) {
    std::cout << address->instructions << "\n  " << address->url << '\n';
  }
  if (plan.self_signed) {
    std::cout << "The certificate is self-signed: browsers refuse it until they are told to trust "
              << plan.site.certificate << '\n';
  }
  if (plan.site.origins.empty()) {
    std::cout << "No other site's pages may request tokens yet; add them with --origin\n";
  }
  std::cout << "roomkey answers on " << url_of(plan) << "\n\n";
}

void say_changes(const std::vector<std::string>& list, bool would) {
  std::cout << (list.empty() ? "nothing to change\n" : would ? "would change:\n" : "changes:\n");
  for (const auto& line : list) std::cout << "  " << line << '\n';
}

void print_json(const std::vector<std::string>& list, const Plan& plan, bool dry_run) {
  const auto address = new_address(plan);
  base::JsonArray changes;
  for (const auto& line : list) changes.add(line);
  std::cout << base::JsonObject()
                   .add("dry_run", dry_run)
                   .add_raw("changes", changes.text())
                   .add("url", url_of(plan))
                   .add("new_callback_url", address ? std::optional(address->url) : std::nullopt)
                   .add("self_signed", plan.self_signed)
                   .text()
            << '\n';
}

int go_on(const Plan& plan, const SetupFlags& flags, const Present& present, bool asked,
          std::chrono::sys_seconds now) {
  const auto list = changes(plan, present, now);
  flags.json ? print_json(list, plan, flags.dry_run) : say_changes(list, flags.dry_run || asked);
  std::cout.flush();
  if (flags.dry_run) return kDone;
  if (asked && !list.empty() && !Terminal().confirm("Do this?")) {
    std::cout << "nothing was changed\n";
    return kFailed;
  }
  if (const int status = carry_out(plan, present, now)) return status;
  if (!flags.json) say_what_is_left(plan, present);
  return check_all(present);
}

// Holds the lock until this program ends. On a file that nobody else may open, for whoever can open
// a file, to read only, can lock it and so keep us out.
void take_lock(const Places& places, std::vector<std::string>& faults) {
  const std::string path = places.lock();
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) {
    faults.push_back(path + ": " + std::strerror(errno));
  } else if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    faults.emplace_back("another setup is at work");
  }
}

// The needed answers that are not among the flags.
std::vector<Missing> missing_in(const SetupFlags& flags, const Present& present,
                                std::chrono::sys_seconds now) {
  Plan plan;
  PlanFaults faults;
  make_plan(plan, flags, present, now, faults);
  return faults.missing;
}

// What the workers are handed by systemd, for the commands that are run here.
void find_credentials(const Places& places) {
  const std::string folder = places.credentials();
  std::error_code ignored;
  if (std::filesystem::is_directory(folder, ignored)) {
    setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
  }
}

int set_up(SetupFlags& flags) {
  const auto now = base::SystemClock().now();
  Present present;
  present.places.root = flags.root;
  present.json = flags.json;
  std::vector<std::string> obstacles;
  if (flags.root.empty()) need_machine(obstacles);
  if (obstacles.empty()) take_lock(present.places, obstacles);
  if (obstacles.empty()) read_present(present, obstacles);
  if (!obstacles.empty()) {
    return say_all(present.env_is_broken ? config::kExitConfig : kFailed, obstacles);
  }
  find_credentials(present.places);
  const auto missing = missing_in(flags, present, now);
  const bool ask =
      !flags.json && Terminal::is_there() && (flags.ask_for_nothing() || !missing.empty());
  if (ask) interview(flags, present, missing, now);
  Plan plan;
  PlanFaults faults;
  make_plan(plan, flags, present, now, faults);
  if (!faults.none()) return say_faults(faults);
  if (const int status = settle_store(plan, flags, present)) return status;
  for (const auto& note : plan.notes) std::cerr << "roomkey: hint: " << note << '\n';
  return go_on(plan, flags, present, ask, now);
}

}  // namespace

SetupFlags::~SetupFlags() {
  for (auto& [variable, secret] : secrets) crypto::wipe(secret);
}

bool SetupFlags::ask_for_nothing() const {
  return !domain && !certificate && !key && !self_signed && !origins && !health_allow &&
         !trusted_proxies && !practice_name && !practice_phone && !practice_url &&
         settings.empty() && !callback;
}

int run(SetupFlags& flags) {
  // Who reads along may leave (`setup | head`): nothing is left half-done for that.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  try {
    return set_up(flags);
  } catch (const Terminal::Left&) {
    std::cout << "\nnothing was changed\n";
    return kFailed;
  }
}

}  // namespace roomkey::cli::setup
