// The socket and what is taken from it at once; the rest is the end-to-end tests' to see.
#include "worker/fcgi_server.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <system_error>

#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::worker;
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

TEST(a_pool_is_named_by_its_socket) {
  const Folder folder;
  for (const auto& [file, pool] : {std::pair{"token.sock", "token"}, std::pair{"room", "room"}}) {
    const int listening = listen_at(folder.file(file));
    same(pool, pool_of(listening));
    close(listening);
  }
  const int nameless = socket(AF_UNIX, SOCK_STREAM, 0);
  const int inet = socket(AF_INET, SOCK_STREAM, 0);
  same("", pool_of(nameless));
  same("", pool_of(inet));
  same("", pool_of(-1));
  close(nameless);
  close(inet);
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

// FastCGI 1.0 section 3.3: version, type, request id 1, length, no padding.
std::string record(char type, const std::string& content) {
  const auto size = static_cast<unsigned>(content.size());
  return std::string{1,    type, 0, 1, static_cast<char>(size >> 8), static_cast<char>(size & 255),
                     '\0', '\0'} +
         content;
}

std::string pair(const std::string& name, const std::string& value) {
  return static_cast<char>(name.size()) + (static_cast<char>(value.size()) + name) + value;
}

// Sends a whole request and returns the connection to read the answer from.
int ask(const std::string& socket_path, const std::string& method, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
  const int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  same(0, connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address));
  const std::string request =
      record(1, {0, 1, 0, 0, 0, 0, 0, 0}) +
      record(4, pair("REQUEST_METHOD", method) + pair("DOCUMENT_URI", path)) + record(4, "") +
      record(5, "");
  same(static_cast<ssize_t>(request.size()), write(connection, request.data(), request.size()));
  return connection;
}

// The body of the answer, which is a short one.
std::string answer_of(int connection) {
  std::string all;
  char part[1024];
  for (ssize_t size = 0; (size = read(connection, part, sizeof part)) > 0;) {
    all.append(part, static_cast<std::size_t>(size));
  }
  close(connection);
  const auto start = all.find("\r\n\r\n") + 4;
  return all.substr(start, all.find(']', start) + 1 - start);
}

TEST(takes_up_to_eight_that_like_company_and_one_that_does_not_is_the_last) {
  const Folder folder;
  const auto path = folder.file("worker.sock");
  const int listening = listen_at(path);
  std::vector<int> connections;
  for (int i = 0; i < 11; ++i) {
    connections.push_back(ask(path, i == 9 ? "POST" : "GET", "/" + std::to_string(i)));
  }
  const pid_t worker = fork();
  if (worker == 0) {
    const auto answer = [](std::span<const http::Request> requests, const http::Send& send) {
      const bool last = requests.back().path == "/10";
      for (std::size_t i = requests.size(); i-- > 0;) {  // in any order
        send(i, {200, "[" + std::string(requests[i].path) + " of " +
                          std::to_string(requests.size()) + "]"});
      }
      if (last) raise(SIGTERM);
    };
    serve(listening,
          {answer, [](const http::Request& request) { return request.method == "GET"; }});
    _exit(0);
  }
  for (int i = 0; i < 11; ++i) {
    const std::string of = i < 8 ? " of 8]" : i < 10 ? " of 2]" : " of 1]";
    same("[/" + std::to_string(i) + of, answer_of(connections[static_cast<std::size_t>(i)]));
  }
  int status = -1;
  same(worker, waitpid(worker, &status, 0));
  same(0, status, "a worker that is told to stop ends by itself");
  close(listening);
}

TEST(whoever_does_not_read_or_reads_a_little_now_and_then_is_cut_off) {
  const Folder folder;
  const auto path = folder.file("worker.sock");
  const int listening = listen_at(path);
  const int deaf = ask(path, "GET", "/long");
  const int slow = ask(path, "GET", "/long");
  const int other = ask(path, "GET", "/last");
  const pid_t worker = fork();
  if (worker == 0) {
    const auto answer = [](std::span<const http::Request> requests, const http::Send& send) {
      const bool last = requests[0].path == "/last";
      send(0, {200, last ? "[last]" : std::string(8 << 20, 'x')});
      if (last) raise(SIGTERM);
    };
    serve(listening, {answer, [](const http::Request&) { return false; }});
    _exit(0);
  }
  const auto started = std::chrono::steady_clock::now();
  const pid_t reader = fork();
  if (reader == 0) {
    char part[16384];
    while (read(slow, part, sizeof part) > 0) usleep(200'000);
    _exit(0);
  }
  same("[last]", answer_of(other));
  expect(std::chrono::steady_clock::now() - started < std::chrono::seconds(8), "in its turn");
  close(deaf);
  close(slow);
  int status = -1;
  same(worker, waitpid(worker, &status, 0));
  same(0, status);
  kill(reader, SIGKILL);
  waitpid(reader, &status, 0);
  close(listening);
}

}  // namespace
