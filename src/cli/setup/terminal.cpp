#include "cli/setup/terminal.hpp"

#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "roomkey/crypto/secret.hpp"

namespace roomkey::cli::setup {

namespace {

constexpr char kCtrlC = '\x03';

// Byte by byte and without a buffer, so that no secret stays behind in one.
std::string read_line() {
  std::string line;
  for (;;) {
    char c = 0;
    const ssize_t size = read(STDIN_FILENO, &c, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0 || c == kCtrlC) {
      crypto::wipe(line);
      throw Terminal::Left{};
    }
    if (c == '\n') return line;
    line += c;
  }
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Ctrl-C comes as a character meanwhile, so that it can't leave the terminal mute.
class Mute {
 public:
  Mute() {
    tcgetattr(STDIN_FILENO, &before_);
    termios mute = before_;
    mute.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    mute.c_cc[VEOL] = kCtrlC;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &mute);
  }
  ~Mute() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
  Mute(const Mute&) = delete;
  Mute& operator=(const Mute&) = delete;

 private:
  termios before_{};
};

}  // namespace

bool Terminal::is_there() { return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1; }

std::string Terminal::ask(const std::string& question, const std::string& usual,
                          const Check& check) const {
  for (;;) {
    std::cout << question << (usual.empty() ? "" : " [" + usual + ']') << ": " << std::flush;
    std::string answer = trimmed(read_line());
    if (answer.empty()) answer = usual;
    if (answer == "-") answer.clear();
    const std::string fault = check(answer);
    if (fault.empty()) return answer;
    std::cout << "  " << fault << '\n';
  }
}

std::string Terminal::ask_secret(const std::string& question) const {
  const Mute mute;
  std::cout << question << ": " << std::flush;
  std::string secret = read_line();
  std::cout << '\n';
  return secret;
}

bool Terminal::confirm(const std::string& question) const {
  const std::string answer = ask(question, "yes", [](const std::string& text) {
    return text == "yes" || text == "y" || text == "no" || text == "n" ? "" : "yes or no?";
  });
  return answer.starts_with('y');
}

}  // namespace roomkey::cli::setup
