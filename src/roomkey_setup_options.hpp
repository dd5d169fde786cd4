#pragma once

#include <CLI/CLI.hpp>

#include "roomkey/cli/setup.hpp"

// The subcommand `setup`, whose options write into `flags`.
CLI::App* add_setup(CLI::App& root, roomkey::cli::SetupFlags& flags);
