#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iostream>

#include "roomkey/base/log.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/validators.hpp"
#include "roomkey/config/warnings.hpp"
#include "worker/app.hpp"
#include "worker/fcgi_server.hpp"
#include "worker/notify.hpp"

namespace {

using namespace roomkey;

constexpr int kExitUsage = 2;

// Secrets live in this process: no core dump, and no look into its memory by others of its user.
void close_to_onlookers() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

void say(const config::Fault& fault) { std::cerr << "roomkey: error: " << fault.text() << '\n'; }

// As systemd has it: with a `-` before it the file need not be there, or be this user's to read.
config::Faults read_file(config::Environment& environment, const std::string& name) {
  if (!name.starts_with('-')) return environment.add_file(name);
  const std::string path = name.substr(1);
  if (::access(path.c_str(), R_OK) != 0) return {};
  // What systemd passed over in silence until now doesn't keep the door shut.
  for (const auto& fault : environment.add_file(path)) say(fault);
  return {};
}

// The usable configuration, or nothing after every fault was said. The variables, secrets among
// them, are wiped at its end; `unknown` keeps the names that nobody reads.
std::optional<config::Config> configure(const std::string& env_file,
                                        std::vector<config::UnknownVariable>& unknown) {
  config::Environment environment;
  config::Faults faults;
  if (!env_file.empty()) faults = read_file(environment, env_file);
  environment.add_process();
  const bool read_whole = faults.empty();  // else what is missing may stand in the rest of the file
  auto config = config::read_config(environment, faults);
  if (read_whole && config.bearer_missing) faults.push_back(*config.bearer_missing);
  for (const auto& fault : faults) say(fault);
  unknown = config::unknown_variables(environment);
  return faults.empty() ? std::optional(std::move(config)) : std::nullopt;
}

// A wait for the store's lock is 20 microseconds at first, and the kernel would add 50 to each.
void wait_exactly() { prctl(PR_SET_TIMERSLACK, 1); }

// libfcgi's buffers come and go with each request; given back to the kernel each time, they would
// cost more in page faults than all the rest of a token.
void keep_freed_memory() { mallopt(M_TRIM_THRESHOLD, 4 << 20); }

// What doesn't keep the worker from its work, and is no good all the same.
void warn_of(const config::Config& config,
             const std::vector<config::UnknownVariable>& unknown_variables) {
  using base::log_warn;
  if (config.weak_bearer_secret) {
    log_warn("event=weak_secret variable=ROOMKEY_JWT_SECRET least_bytes=32");
  }
  for (const auto& unknown : unknown_variables) {
    const std::string meant = unknown.meant.empty() ? "" : " meant=" + unknown.meant;
    log_warn("event=unknown_variable name=" + base::log_value(unknown.name) + meant);
  }
  for (const auto* const kind : provider::all()) {
    const std::string variable(kind->lax(config));
    if (!variable.empty()) log_warn("event=lax_setting variable=" + variable);
  }
  for (const auto& fault : config::half_providers(config)) {
    log_warn("event=half_provider fault=" + base::log_value(fault));
  }
}

int run(const std::string& env_file, const std::string& listen) {
  std::vector<config::UnknownVariable> unknown;
  auto config = configure(env_file, unknown);
  if (!config) return config::kExitConfig;
  worker::hold_stop_signals();  // before anybody can see that it listens
  const int socket = listen.empty() ? 0 : worker::listen_at(listen);
  if (!worker::is_listening(socket)) {
    std::cerr << "roomkey: error: file descriptor 0 is not a listening socket\n"
                 "roomkey: hint: start it by systemd or spawn-fcgi, or give --listen PATH\n";
    return kExitUsage;
  }
  base::set_up_log(config->log_level);
  warn_of(*config, unknown);
  const bool counts_together = !config->metrics_directory.empty();
  const base::SystemClock clock;
  if (config->bearer) config::log_remarks(config->bearer->keys, clock.now());
  worker::App app(std::move(*config), clock);
  const std::string alone = app.join(worker::pool_of(socket));
  if (counts_together && !alone.empty()) {
    base::log_warn("event=counts_alone fault=" + base::log_value(alone));
  }
  base::log_info("event=started version=" ROOMKEY_VERSION);
  worker::notify("READY=1");
  worker::serve(socket, {[&](auto requests, const auto& send) { app.answer(requests, send); },
                         [&](const auto& request) { return app.shares_transaction(request); },
                         [&] { return app.rest(); }});
  app.leave();
  base::log_info("event=stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  umask(0077);
  close_to_onlookers();
  wait_exactly();
  keep_freed_memory();
  CLI::App options{
      "roomkey's FastCGI worker: answers on the listening socket at file descriptor 0"};
  std::string env_file;
  std::string listen;
  options
      .add_option("--env-file", env_file,
                  "read variables from this file first; -FILE: where it is there")
      ->check(base::kNotEmpty);
  options.add_option("--listen", listen, "listen on a Unix socket at this path instead")
      ->check(base::kNotEmpty);
  options.set_version_flag("--version", ROOMKEY_VERSION);
  try {
    options.parse(base::words_of(argc, argv));
  } catch (const CLI::Success& asked) {
    return options.exit(asked);
  } catch (const CLI::ParseError& fault) {
    std::cerr << "roomkey: error: " << fault.what() << "\nroomkey: hint: roomkey-fcgi --help\n";
    return kExitUsage;
  }
  try {
    return run(env_file, listen);
  } catch (const std::exception& fault) {
    std::cerr << "roomkey: error: " << fault.what() << '\n';
    return 1;
  }
}
