// Questions at the terminal. Private to setup.
#pragma once

#include <functional>
#include <string>

namespace roomkey::cli::setup {

class Terminal {
 public:
  // Thrown where somebody leaves by Ctrl-D (or Ctrl-C at a secret).
  struct Left {};

  // Both ends are a person's.
  [[nodiscard]] static bool is_there();

  // What makes an answer wrong, or nothing.
  using Check = std::function<std::string(const std::string&)>;

  // Asks until the answer is right; nothing typed means `usual`, and a `-` means none.
  [[nodiscard]] std::string ask(const std::string& question, const std::string& usual,
                                const Check& check) const;
  // With nothing to see; empty where nothing was typed. The caller wipes it.
  [[nodiscard]] std::string ask_secret(const std::string& question) const;
  [[nodiscard]] bool confirm(const std::string& question) const;
};

}  // namespace roomkey::cli::setup
