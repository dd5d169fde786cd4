#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "cli/cures.hpp"
#include "cli/options.hpp"
#include "cli/store_owner.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/validators.hpp"
#include "roomkey/crypto/secret.hpp"

namespace {

using namespace roomkey;
using cli::Arguments;

// A token on the command line is seen in the list of processes only until here.
void hide(std::string_view token, int argc, char** argv) {
  for (int i = 1; i < argc && token.size() > 1; ++i) {
    if (argv[i] == token) crypto::wipe(argv[i], token.size());
  }
}

// The installed configuration would be the one to go by, and this user may not read it.
bool is_closed(const Arguments& arguments) {
  return !arguments.setup_command->parsed() && !arguments.alone && arguments.env_file.empty() &&
         std::getenv("ROOMKEY_DB") == nullptr && cli::is_closed(cli::kInstalledEnvFile);
}

int run(Arguments& arguments, bool closed) {
  if (arguments.setup_command->parsed()) {
    arguments.setup.json = arguments.json;
    if (arguments.env_file.empty()) return cli::setup::run(arguments.setup);
    return cli::fail(cli::kUsage,
                     "setup writes /etc/roomkey/roomkey.env; --env-file is not for it");
  }
  if (arguments.alone) return arguments.alone();
  // A check reads what is closed as well, and has to say so.
  const bool installed =
      cli::may_read(cli::kInstalledEnvFile) || (closed && arguments.takes_faults);
  if (arguments.env_file.empty() && installed) arguments.env_file = cli::kInstalledEnvFile;
  config::Environment environment;
  config::Faults faults;
  if (!arguments.env_file.empty()) {
    faults = environment.add_file(arguments.env_file);
  }
  environment.add_process();
  config::Config config = config::read_config(environment, faults);
  if (!faults.empty() && !arguments.takes_faults) {
    for (const auto& fault : faults) cli::fail(config::kExitConfig, fault.text());
    return config::kExitConfig;
  }
  const store::Settings store = config.store;
  cli::Session session{std::move(config),         arguments.json, store::Database(store),
                       base::SystemClock().now(), environment,    faults};
  if (!arguments.leaves_root_itself) cli::become_store_owner(session.database);
  return arguments.run(session);
}

// CLI11 finds a subcommand missing before it looks at what stands in its place.
std::string what_is_wrong(const CLI::App& root, const CLI::ParseError& fault) {
  if (dynamic_cast<const CLI::RequiredError*>(&fault) != nullptr) {
    for (const auto& word : root.remaining(true)) {
      if (!word.starts_with('-')) return "there is no command " + word;
    }
  }
  return fault.what();
}

// A disk that is full must not make half an answer pass for a whole one.
int finish(int status) {
  std::cout.flush();
  const bool whole = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  return whole || status != cli::kDone
             ? status
             : cli::fail(cli::kFailed, "can't write all of it to standard output");
}

}  // namespace

int main(int argc, char** argv) {
  umask(0077);  // the store is nobody else's to read
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);  // secrets live in this process
  CLI::App root{"roomkey: the door to the clinic's video rooms", "roomkey"};
  Arguments arguments;
  cli::add_options(root, arguments);
  try {
    root.parse(base::words_of(argc, argv));
  } catch (const CLI::Success& asked) {
    return finish(root.exit(asked));
  } catch (const CLI::ParseError& fault) {
    return cli::fail(cli::kUsage, what_is_wrong(root, fault),
                     "see roomkey --help, or roomkey COMMAND --help");
  }
  hide(arguments.token, argc, argv);
  const bool closed = is_closed(arguments);
  try {
    const int status = finish(run(arguments, closed));
    const bool unexplained = status == cli::kFailed || status == config::kExitConfig;
    if (closed && unexplained && !arguments.takes_faults) {
      std::cerr << "roomkey: hint: " << cli::kBeRoot << '\n';
    }
    return status;
  } catch (const base::Unavailable& fault) {
    return cli::fail(cli::kFailed, fault.what(),
                     closed ? cli::kBeRoot : cli::hint_for(fault.cause()));
  } catch (const std::exception& fault) {
    return cli::fail(cli::kFailed, fault.what(), closed ? cli::kBeRoot : "");
  }
}
