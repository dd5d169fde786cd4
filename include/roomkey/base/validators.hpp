// What arguments must be. `check` looks at them, `transform` may change them as well.
#pragma once

#include <CLI/CLI.hpp>

#include "roomkey/base/text.hpp"

namespace roomkey::base {

inline const CLI::Validator kId{[](std::string& text) {
                                  return parse_id(text) ? std::string()
                                                        : "must be a number from 1 to 2^63-1";
                                },
                                "ID"};

// For `transform`: CLI11 would take 010 for eight and 0x10 for sixteen.
inline const CLI::Validator kWhole{[](std::string& text) {
                                     const auto number = parse_number(text);
                                     if (number) text = std::to_string(*number);
                                     return number ? std::string() : "must be a whole number";
                                   },
                                   ""};

// Empty comes from a shell variable that is not set, and would be as if nothing was said.
inline const CLI::Validator kNotEmpty{
    [](std::string& text) { return text.empty() ? "must not be empty" : std::string(); }, ""};

}  // namespace roomkey::base
