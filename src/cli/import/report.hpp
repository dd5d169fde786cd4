// What `roomkey import` says at its end.
#pragma once

#include <map>
#include <string>

#include "cli/import/records.hpp"

namespace roomkey::cli::import {

struct ImportCount {
  std::int64_t all = 0;
  std::int64_t made = 0;
};

// What became of the records.
struct ImportReport {
  ImportCount users, appointments;
  std::size_t without_email = 0;
  const std::map<std::string, std::int64_t>& numbers;  // of resources whose number is not their id
};

// The line that the audit has as well.
[[nodiscard]] std::string summary_of(const ImportReport& report);

[[nodiscard]] std::string to_text(const ImportReport& report, const Records& records, bool dry_run);
[[nodiscard]] std::string to_json(const ImportReport& report, const Records& records, bool dry_run);

// Prints the faults, and that nothing was imported; gives the exit status.
int say_faults(const Records& records, bool json);

}  // namespace roomkey::cli::import
