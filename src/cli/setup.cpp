#include "roomkey/cli/setup.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "roomkey/base/clock.hpp"
#include "roomkey/cli/session.hpp"
#include "roomkey/crypto/secret.hpp"
#include "setup_parts.hpp"
#include "setup_terminal.hpp"

namespace roomkey::cli {

namespace {

int say_all(int status, const std::vector<std::string>& faults) {
  for (const auto& fault : faults) fail(status, fault);
  return status;
}

int say_faults(const PlanFaults& faults) {
  say_all(kUsage, faults.missing);
  say_all(kUsage, faults.wrong);
  say_all(kUsage, faults.unusable);
  fail(kUsage, "nothing was changed",
       faults.missing.empty() ? "" : "roomkey setup --help, or run it on a terminal: it asks then");
  return faults.missing.empty() && faults.wrong.empty() ? kExitConfig : kUsage;
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

void say_what_is_left(const Plan& plan) {
  const auto callback = plan.variables.find("TWILIO_STATUS_CALLBACK_URL");
  if (callback != plan.variables.end() && callback->second) {
    std::cout << "For Twilio's callbacks, set this in its console (Video, Room Settings, Status "
                 "Callback URL):\n  "
              << *callback->second << '\n';
  }
  if (plan.self_signed) {
    std::cout << "The certificate is self-signed: browsers refuse it until they are told to trust "
              << plan.site.certificate << '\n';
  }
  if (plan.site.origins.empty()) {
    std::cout << "No page of another site may ask for tokens: see --origin\n";
  }
  std::cout << "roomkey answers on https://" << plan.site.domain << "/\n\n";
}

int go_on(const Plan& plan, const SetupFlags& flags, const Present& present, bool asked,
          std::chrono::sys_seconds now) {
  const auto list = changes(plan, present, now);
  if (list.empty()) std::cout << "nothing to change\n";
  if (!list.empty()) std::cout << (flags.dry_run || asked ? "would change:\n" : "changes:\n");
  for (const auto& line : list) std::cout << "  " << line << '\n';
  std::cout.flush();
  if (flags.dry_run) return kDone;
  if (asked && !list.empty() && !Terminal().confirm("Do this?")) {
    std::cout << "nothing was changed\n";
    return kFailed;
  }
  if (const int status = carry_out(plan, present, now)) return status;
  say_what_is_left(plan);
  return check_all(present);
}

// A lock on the configuration's folder, until this program ends.
bool is_alone(const Places& places) {
  const std::string folder = std::filesystem::path(places.env()).parent_path();
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) == 0;
}

// A needed answer is not among the flags.
bool is_short(const SetupFlags& flags, const Present& present, std::chrono::sys_seconds now) {
  Plan plan;
  PlanFaults faults;
  make_plan(plan, flags, present, now, faults);
  return !faults.missing.empty();
}

int run(SetupFlags& flags) {
  const auto now = base::SystemClock().now();
  Present present;
  present.places.root = flags.root;
  std::vector<std::string> obstacles;
  if (flags.root.empty()) need_machine(obstacles);
  if (obstacles.empty() && !is_alone(present.places)) {
    obstacles.emplace_back("another setup is at work");
  }
  if (obstacles.empty()) read_present(present, obstacles);
  if (!obstacles.empty()) return say_all(kFailed, obstacles);
  const bool ask =
      Terminal::is_there() && (flags.ask_for_nothing() || is_short(flags, present, now));
  if (ask) interview(flags, present, now);
  Plan plan;
  PlanFaults faults;
  make_plan(plan, flags, present, now, faults);
  if (!faults.none()) return say_faults(faults);
  return go_on(plan, flags, present, ask, now);
}

}  // namespace

SetupFlags::~SetupFlags() {
  for (auto& [variable, secret] : secrets) crypto::wipe(secret);
}

bool SetupFlags::ask_for_nothing() const {
  return !domain && !certificate && !key && !self_signed && !origins && !health_allow &&
         settings.empty() && !callback;
}

int setup(SetupFlags& flags) {
  try {
    return run(flags);
  } catch (const Terminal::Left&) {
    std::cout << "\nnothing was changed\n";
    return kFailed;
  }
}

}  // namespace roomkey::cli
