#include "cli/setup/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <system_error>

namespace roomkey::cli::setup {

namespace {

std::string path_in_force() {
  const char* const path = std::getenv("PATH");
  return std::string(path == nullptr ? "" : path) +
         ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
}

std::vector<std::string> environment() {
  std::vector<std::string> variables{"PATH=" + path_in_force(), "LANG=C.UTF-8"};
  for (const char* const name : {"TERM", "CREDENTIALS_DIRECTORY"}) {
    if (const char* const value = std::getenv(name))
      variables.push_back(std::string(name) + '=' + value);
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

// What the child begins with: no input, its outputs, no signal blocked or ignored (we do some).
class Beginning {
 public:
  explicit Beginning(int output) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (output >= 0) {
      posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
      posix_spawn_file_actions_adddup2(&files_, output, STDERR_FILENO);
    }
    sigset_t none{}, ignored{};
    sigemptyset(&none);
    sigemptyset(&ignored);
    sigaddset(&ignored, SIGPIPE);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &ignored);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Beginning() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  Beginning(const Beginning&) = delete;
  Beginning& operator=(const Beginning&) = delete;

  [[nodiscard]] pid_t start(std::vector<std::string> argv) const {
    std::vector<std::string> variables = environment();
    pid_t pid = 0;
    const int fault = posix_spawn(&pid, argv[0].c_str(), &files_, &attributes_,
                                  pointers(argv).data(), pointers(variables).data());
    if (fault != 0) throw std::system_error(fault, std::generic_category(), argv[0]);
    return pid;
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

int status_of(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string all_of(int pipe) {
  std::string text;
  std::array<char, 4096> block{};
  for (;;) {
    const ssize_t size = read(pipe, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(block.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

std::string find_program(const std::string& name) {
  std::string path = path_in_force();
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t colon = std::min(path.find(':', at), path.size());
    std::string candidate = path.substr(at, colon - at) + '/' + name;
    if (candidate.front() == '/' && candidate[1] != '/' && ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
    at = colon + 1;
  }
  return {};
}

Ran run_captured(const std::vector<std::string>& argv) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  Ran ran{};
  try {
    const pid_t pid = Beginning(ends[1]).start(argv);
    close(ends[1]);
    ran.said = all_of(ends[0]);
    ran.status = status_of(pid);
  } catch (const std::system_error&) {
    close(ends[0]);
    close(ends[1]);
    throw;
  }
  close(ends[0]);
  return ran;
}

int run_shown(const std::vector<std::string>& argv) { return status_of(Beginning(-1).start(argv)); }

}  // namespace roomkey::cli::setup
