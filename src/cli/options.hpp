// The command line of `roomkey`.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/audit/commands.hpp"
#include "cli/check/command.hpp"
#include "cli/commands.hpp"
#include "cli/import/command.hpp"
#include "cli/inspect/command.hpp"
#include "cli/setup/command.hpp"

namespace roomkey::cli {

using Run = std::function<int(Session&)>;

// What the command line asked for; options write into it, the chosen subcommand sets `run`.
struct Arguments {
  std::string env_file;
  bool json = false;
  Run run;
  std::string file;
  std::string worker;
  std::vector<std::string> files;
  bool dry_run = false;
  std::optional<std::int64_t> keep;
  std::int64_t id = 0;
  std::int64_t minutes = 60;
  std::int64_t mebibytes = 64;
  std::string token;
  std::string who;
  UserFields user;
  AppointmentFields appointment;
  GuestFields guest;
  ProviderMove move;
  audit::Filter audit;
  check::Fields check;
  DemoFields demo;
  bool takes_faults = false;  // runs in spite of an unusable configuration
  audit::ExportFields exported;
  audit::PruneFields prune;
  audit::VerifyFields verified;
  bool leaves_root_itself = false;  // reads what only root may, then leaves root
  setup::SetupFlags setup;
  CLI::App* setup_command = nullptr;
  std::function<int()> alone;  // in the place of `run`: needs neither configuration nor store
};

// Everything that `roomkey` understands; what is given is written into `arguments`.
void add_options(CLI::App& root, Arguments& arguments);

}  // namespace roomkey::cli
