// The command line of `roomkey`.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "roomkey/cli/commands.hpp"
#include "roomkey/cli/setup.hpp"

using Run = std::function<int(roomkey::cli::Session&)>;

// What the command line asked for; options write into it, the chosen subcommand sets `run`.
struct Arguments {
  std::string env_file;
  bool json = false;
  Run run;
  std::string file;
  std::vector<std::string> files;
  bool dry_run = false;
  std::optional<std::int64_t> keep;
  std::int64_t id = 0;
  std::int64_t minutes = 60;
  std::string token;
  roomkey::cli::UserFields user;
  roomkey::cli::AppointmentFields appointment;
  roomkey::cli::AuditFields audit;
  roomkey::cli::CheckFields check;
  bool takes_faults = false;  // runs in spite of an unusable configuration
  roomkey::cli::ExportFields exported;
  roomkey::cli::PruneFields prune;
  bool leaves_root_itself = false;  // reads what only root may, then leaves root
  roomkey::cli::SetupFlags setup;
  CLI::App* setup_command = nullptr;
  std::function<int()> alone;  // in the place of `run`: needs neither configuration nor store
};

// Everything that `roomkey` understands; what is given is written into `arguments`.
void add_options(CLI::App& root, Arguments& arguments);
