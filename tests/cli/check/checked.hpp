// What checks said, in short.
#pragma once

#include "cli/check/checks.hpp"
#include "support/test.hpp"

namespace roomkey::test {

// "ok clock, error network": status and name of each, in their order. Whatever is not well must
// say what to do, and what is well must not.
inline std::string outcome(const cli::check::Checks& checks) {
  using Status = cli::check::Check::Status;
  std::string list;
  for (const auto& one : checks.all()) {
    expect(one.cure.empty() == (one.status == Status::ok), "cure of: " + one.text);
    expect(!one.text.empty() && (one.status == Status::ok) != one.text.ends_with('.'), one.text);
    list += list.empty() ? "" : ", ";
    list += one.status == Status::ok ? "ok " : one.status == Status::warn ? "warn " : "error ";
    list += one.name;
  }
  return list;
}

// That the checks came out as wanted and that their text holds `part`.
inline void came_out(std::string_view wanted, const cli::check::Checks& checks,
                     std::string_view part = "", test::Where where = test::here()) {
  const std::string text = cli::check::to_text(checks);
  same(wanted, outcome(checks), text, where);
  expect(contains(text, part), text, where);
}

}  // namespace roomkey::test
