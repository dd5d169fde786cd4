// How arguments are read, and what they must be: `check` looks at them, `transform` may change them
// as well.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

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

// A command line for CLI::App::parse(), which takes the last word first. `--name=` is split: CLI11
// 2.1 sees no value in it and would take the word behind it, be it an option, for one.
inline std::vector<std::string> words_of(int argc, const char* const* argv) {
  std::vector<std::string> words;
  bool options = true;  // until `--`
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    options = options && word != "--";
    const bool empty = options && word.size() > 3 && word.starts_with("--") && word.ends_with('=');
    if (empty) word.pop_back();
    words.push_back(std::move(word));
    if (empty) words.emplace_back();
  }
  std::reverse(words.begin(), words.end());
  return words;
}

}  // namespace roomkey::base
