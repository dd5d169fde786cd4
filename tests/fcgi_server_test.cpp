// The socket only: what travels over it is the end-to-end tests' to see.
#include "roomkey/fcgi_server.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

TEST(listens_on_a_socket_for_owner_and_group) {
  const Folder folder;
  const int listening = listen_at(folder.file("worker.sock"));
  expect(is_listening(listening));
  struct stat file {};
  same(0, stat(folder.file("worker.sock").c_str(), &file));
  expect(S_ISSOCK(file.st_mode));
  same(0660, file.st_mode & 0777);
  close(listening);
}

TEST(takes_the_place_of_a_socket_that_was_left_behind) {
  const Folder folder;
  close(listen_at(folder.file("worker.sock")));
  const int listening = listen_at(folder.file("worker.sock"));
  expect(is_listening(listening));
  close(listening);
}

TEST(does_not_take_the_place_of_anything_else) {
  const Folder folder;
  const auto path = folder.file("precious", "content");
  throws<std::system_error>([&] { static_cast<void>(listen_at(path)); });
  same("content", content_of(path));
}

TEST(a_path_that_is_too_long_or_nowhere_is_said) {
  const Folder folder;
  const auto why = throws<std::system_error>(
      [&] { static_cast<void>(listen_at(folder.file(std::string(108, 'x')))); });
  expect(contains(why, "--listen"), why);
  throws<std::system_error>(
      [&] { static_cast<void>(listen_at(folder.file("no/such/folder/worker.sock"))); });
}

TEST(a_file_or_nothing_is_not_listening) {
  const Folder folder;
  const int file = open(folder.file("plain", "").c_str(), O_RDONLY | O_CLOEXEC);
  expect(!is_listening(file));
  close(file);
  expect(!is_listening(-1));
}

}  // namespace
