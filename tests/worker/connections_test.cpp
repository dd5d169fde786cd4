#include "worker/connections.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "support/folder.hpp"
#include "support/test.hpp"
#include "worker/fcgi_request.hpp"
#include "worker/fcgi_server.hpp"

namespace connections_test {

using namespace roomkey::worker;
using namespace roomkey::test;
using namespace std::chrono_literals;

// nginx's side of one.
class Client {
 public:
  explicit Client(const std::string& path) : socket_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    same(0, connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address));
  }
  Client(Client&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  ~Client() { hang_up(); }

  bool say(const std::string& text) {
    return send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  // Closed by the worker.
  bool is_over() {
    char byte = 0;
    const ssize_t size = recv(socket_, &byte, 1, MSG_DONTWAIT);
    return size == 0 || (size < 0 && errno == ECONNRESET);
  }
  void hang_up() {
    if (socket_ >= 0) close(std::exchange(socket_, -1));
  }

 private:
  int socket_;
};

struct Pool {
  Folder folder;
  int listening = listen_at(folder.file("token.sock"));
  Connections connections;
  sigset_t mask{};

  explicit Pool(std::chrono::milliseconds patience = 1min) : connections(listening, patience) {}
  ~Pool() { close(listening); }
  Client client() { return Client(folder.file("token.sock")); }
  // Of whoever has said a whole request, after one wait.
  std::optional<std::size_t> next() {
    connections.wait(mask);
    return connections.next(true);
  }
  // As a worker reads it.
  void take(std::size_t number) {
    std::string all(Connections::kLargest, '\0');
    expect(recv(connections.descriptor(number), all.data(), all.size(), MSG_DONTWAIT) > 0);
  }
};

TEST(a_connection_is_kept_for_the_next_request) {
  Pool pool;
  auto nginx = pool.client();
  for (int i = 0; i < 3; ++i) {
    expect(nginx.say(fcgi_request()));
    const auto number = pool.next();
    same(std::optional<std::size_t>(0), number);
    pool.take(*number);
    pool.connections.keep(*number);
    expect(!pool.connections.next(false));
    expect(!nginx.is_over());
  }
}

TEST(whoever_says_half_a_request_holds_nobody_up) {
  Pool pool;
  const std::string request = fcgi_request("{}");
  auto slow = pool.client();
  auto quick = pool.client();
  expect(slow.say(request.substr(0, 20)) && quick.say(request));
  same(std::optional<std::size_t>(1), pool.next());
  expect(slow.say(request.substr(20)));
  same(std::optional<std::size_t>(0), pool.next());
}

TEST(who_does_not_end_a_request_or_begin_one_is_shut_out) {
  Pool pool(50ms);
  auto half = pool.client();
  auto silent = pool.client();
  auto kept = pool.client();
  expect(half.say(fcgi_request().substr(0, 9)) && kept.say(fcgi_request()));
  const auto number = pool.next().value();
  pool.take(number);
  pool.connections.keep(number);
  expect(!half.is_over() && !silent.is_over());
  for (int i = 0; i < 20 && !(half.is_over() && silent.is_over()); ++i) expect(!pool.next());
  expect(half.is_over() && silent.is_over() && !kept.is_over());
}

TEST(what_is_no_request_or_too_long_ends_the_connection) {
  Pool pool;
  auto browser = pool.client();
  expect(browser.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  expect(!pool.next());
  expect(browser.is_over());
  auto long_one = pool.client();
  expect(long_one.say(fcgi_begin() + fcgi_record(FCGI_PARAMS, "") +
                      fcgi_record(FCGI_STDIN, std::string(60000, 'x'))));
  expect(!pool.next());
  expect(long_one.say(fcgi_record(FCGI_STDIN, std::string(60000, 'x'))));
  expect(!pool.next());
  expect(!long_one.is_over());
  expect(long_one.say(fcgi_record(FCGI_STDIN, std::string(20000, 'x'))));
  expect(!pool.next());
  expect(long_one.is_over());
}

TEST(a_wait_ends_after_the_time_that_is_given_where_nobody_comes) {
  Pool pool;
  const auto started = std::chrono::steady_clock::now();
  pool.connections.wait(pool.mask, 0s);
  expect(!pool.connections.next(true));
  pool.connections.wait(pool.mask, 1s);
  const auto waited = std::chrono::steady_clock::now() - started;
  expect(waited >= 1s && waited < 10s);
  auto client = pool.client();
  expect(client.say(fcgi_request()));
  same(std::optional<std::size_t>(0), pool.next());
}

TEST(one_more_than_there_is_room_for_takes_the_place_of_the_one_that_was_quiet_longest) {
  Pool pool;
  std::vector<Client> clients;
  for (std::size_t i = 0; i < Connections::kMost; ++i) {
    clients.push_back(pool.client());
    expect(clients.back().say(fcgi_request()));
    pool.connections.wait(pool.mask);
    std::optional<std::size_t> number;
    while (!number) number = pool.connections.next(true);
    pool.take(*number);
    pool.connections.keep(*number);
  }
  expect(clients[0].say(fcgi_request()));
  const auto busy = pool.next();  // so that another was quiet longest
  same(std::optional<std::size_t>(0), busy);
  pool.take(*busy);
  pool.connections.keep(*busy);
  auto newcomer = pool.client();
  expect(newcomer.say(fcgi_request()));
  pool.connections.wait(pool.mask);
  std::optional<std::size_t> number;
  while (!number) number = pool.connections.next(true);
  same(std::optional<std::size_t>(1), number);
  expect(clients[1].is_over() && !clients[0].is_over() && !clients[2].is_over());
}

TEST(whoever_hung_up_while_the_request_was_in_hand_is_let_go_afterwards) {
  Pool pool;
  auto nginx = pool.client();
  expect(nginx.say(fcgi_request()));
  const auto number = pool.next().value();
  pool.take(number);
  nginx.hang_up();
  pool.connections.wait(pool.mask);
  expect(pool.connections.descriptor(number) >= 0);
  pool.connections.keep(number);
  same(-1, pool.connections.descriptor(number));
}

TEST(in_the_end_what_has_come_is_answered_and_nothing_more_can_come) {
  Pool pool;
  auto quiet = pool.client();
  auto half = pool.client();
  auto asking = pool.client();
  expect(quiet.say(fcgi_request()));
  const auto first = pool.next().value();
  pool.take(first);
  pool.connections.keep(first);
  expect(half.say(fcgi_request().substr(0, 9)) && asking.say(fcgi_request()));
  same(std::optional<std::size_t>(2), pool.next());
  pool.take(2);
  pool.connections.keep(2);
  expect(asking.say(fcgi_request()));
  auto newcomer = pool.client();
  expect(newcomer.say(fcgi_request()));
  pool.connections.no_more();
  expect(quiet.is_over() && !half.is_over() && !asking.is_over());
  expect(!quiet.say("x") && !asking.say("x"));
  same(std::optional<std::size_t>(2), pool.connections.next(true));
  expect(!pool.connections.next(true));
  pool.take(2);
  pool.connections.keep(2);
  expect(asking.is_over());
  expect(half.say(fcgi_request().substr(9)));
  same(std::optional<std::size_t>(1), pool.next());
  pool.take(1);
  pool.connections.keep(1);
  expect(half.is_over() && pool.connections.count_open() == 0);
  expect(!newcomer.is_over());  // waits for another worker
}

}  // namespace connections_test
