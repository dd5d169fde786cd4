#include "roomkey/metrics/counters.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <vector>

#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::test;
using roomkey::base::Code;
using roomkey::metrics::Counters;

Counters opened(const std::string& path, std::size_t size = 4) {
  return accepted(Counters::open(path, size));
}

// Runs `work` in a process that ends by SIGKILL after it.
void killed_after(const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    work();
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "it did its work");
}

TEST(counters_of_one_process_begin_at_0_and_count) {
  Counters counters(3);
  counters.add(1);
  counters.add(1, 41);
  same(0, counters.read(0));
  same(42, counters.read(1));
  same(0, counters.read(2));
  same(0, counters.present(0));
  counters.join(0);
  same(1, counters.present(0));
  expect(counters.in_place());
}

TEST(all_who_open_the_file_count_together_and_it_outlives_them) {
  const Folder folder;
  {
    const Counters one = opened(folder.file("c"));
    const Counters two = opened(folder.file("c"));
    one.add(3, 7);
    two.add(3, 5);
    same(12, one.read(3));
  }
  same(12, opened(folder.file("c")).read(3));
  struct stat file {};
  stat(folder.file("c").c_str(), &file);
  same(0100600, file.st_mode);
  same(32, file.st_size);
}

TEST(no_addition_of_many_processes_is_lost_when_they_are_killed) {
  const Folder folder;
  const Counters counters = opened(folder.file("c"));
  constexpr int kProcesses = 4;
  constexpr int kTimes = 20000;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    for (int k = 0; k < kTimes; ++k) counters.add(2);
    kill(getpid(), SIGKILL);
  }
  for (const pid_t child : children) waitpid(child, nullptr, 0);
  same(kProcesses * kTimes, counters.read(2));
}

TEST(who_is_there_is_known_and_who_was_killed_is_not) {
  const Folder folder;
  Counters one = opened(folder.file("c"));
  Counters two = opened(folder.file("c"));
  one.join(0);
  {
    Counters three = opened(folder.file("c"));
    two.join(1);
    three.join(0);
    same(2, one.present(0));
    same(2, two.present(0));
    same(1, one.present(1));
    same(0, one.present(2));
  }
  same(1, two.present(0));
  killed_after([&] {
    Counters child = opened(folder.file("c"));
    child.join(0);
    if (two.present(0) != 2) _exit(1);
  });
  same(1, two.present(0));
}

TEST(a_shortened_file_is_whole_again_once_opened) {
  const Folder folder;
  opened(folder.file("c")).add(0, 9);
  std::filesystem::resize_file(folder.file("c"), 8);
  const Counters counters = opened(folder.file("c"));
  same(9, counters.read(0));
  same(0, counters.read(3));
  counters.add(3);
}

TEST(a_file_that_is_not_ours_alone_is_not_taken) {
  const Folder folder;
  const auto why = [](const std::string& path) {
    return refused(Code::bad_request, Counters::open(path, 4), path);
  };
  same("No such file or directory", why(folder.file("missing/c")));
  same("Is a directory", why(folder.path()));
  same("the file is too long", why(folder.file("long", std::string(33, 'x'))));
  std::filesystem::create_symlink(folder.file("long"), folder.file("link"));
  same("Too many levels of symbolic links", why(folder.file("link")));
  mkfifo(folder.file("fifo").c_str(), 0600);
  same("not a regular file", why(folder.file("fifo")));
  static_cast<void>(opened(folder.file("open")));
  chmod(folder.file("open").c_str(), 0620);
  same("others may write to the file", why(folder.file("open")));
  same("not a regular file", why("/dev/null"));
  if (geteuid() == 0) {
    static_cast<void>(opened(folder.file("theirs")));
    same(0, chown(folder.file("theirs").c_str(), 65534, 65534));
    same("the file belongs to another user", why(folder.file("theirs")));
  }
  same(33, std::filesystem::file_size(folder.file("long")), "nothing was changed");
}

TEST(a_file_taken_away_is_noticed) {
  const Folder folder;
  const Counters counters = opened(folder.file("c"));
  expect(counters.in_place());
  std::filesystem::remove(folder.file("c"));
  expect(!counters.in_place());
  counters.add(0);
  same(1, counters.read(0));
}

}  // namespace
