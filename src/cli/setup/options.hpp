#pragma once

#include <CLI/CLI.hpp>

#include "cli/setup/command.hpp"

namespace roomkey::cli::setup {

// The subcommand `setup`, whose options write into `flags`.
CLI::App* add_options(CLI::App& root, SetupFlags& flags);

}  // namespace roomkey::cli::setup
