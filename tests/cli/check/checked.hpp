// What checks said, in short.
#pragma once

#include "cli/check/checks.hpp"
#include "support/test.hpp"

namespace roomkey::test {

// "ok clock, error network": status and name of each, in their order. Whatever is not well must
// say what to do, and what is well must not.
inline std::string outcome(const base::Findings& findings) {
  using Level = base::Finding::Level;
  std::string list;
  for (const auto& one : findings.all()) {
    expect(one.cure.empty() == (one.level == Level::ok), "cure of: " + one.text);
    expect(!one.text.empty() && (one.level == Level::ok) != one.text.ends_with('.'), one.text);
    list += list.empty() ? "" : ", ";
    list += one.level == Level::ok ? "ok " : one.level == Level::warning ? "warn " : "error ";
    list += one.code;
  }
  return list;
}

// That the checks came out as wanted and that their text holds `part`.
inline void came_out(std::string_view wanted, const base::Findings& findings,
                     std::string_view part = "", test::Where where = test::here()) {
  const std::string text = cli::check::to_text(findings, "Passed");
  same(wanted, outcome(findings), text, where);
  expect(contains(text, part), text, where);
}

}  // namespace roomkey::test
