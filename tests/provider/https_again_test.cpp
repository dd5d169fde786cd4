// What is sent a second time, and what isn't.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "provider/https_client.hpp"
#include "support/stand_in.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::test;
using namespace std::chrono_literals;

// Hangs up on whoever comes, before any TLS.
struct HangsUp {
  int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port = 0;
  std::atomic<int> calls = 0;
  std::thread thread;

  HangsUp() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    expect(bind(listening, any, size) == 0 && listen(listening, 8) == 0, "listen");
    expect(getsockname(listening, any, &size) == 0, "getsockname");
    port = ntohs(address.sin_port);
    thread = std::thread([this] {
      for (int caller = 0; (caller = accept(listening, nullptr, nullptr)) >= 0; close(caller)) {
        ++calls;
      }
    });
  }
  ~HangsUp() {
    shutdown(listening, SHUT_RDWR);
    thread.join();
    close(listening);
  }
};

TEST(a_connection_is_tried_again_once_for_a_get_alone) {
  const HangsUp server;
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port);
  unavailable(client().get(url, in(20s)));
  same(2, server.calls.load());
  unavailable(client().post(url, "", in(20s)));
  same(3, server.calls.load());
}

TEST(a_get_is_sent_again_once_where_the_connection_failed) {
  const StandIn& twilio = stand_in();
  twilio.fault("close", R"(,"times":1)");
  same(200, accepted(client().get(twilio.url() + "/v1/Rooms", in(20s))).status);
  same("GET GET", twilio.methods());
  for (const auto* const mode : {"close", "lost", "cut"}) {
    stand_in().fault(mode);
    unavailable(client().get(twilio.url() + "/v1/Rooms", in(20s)), mode);
    same("GET GET", twilio.methods(), mode);
  }
}

TEST(nothing_is_sent_again_where_an_answer_came) {
  const StandIn& twilio = stand_in();
  twilio.fault("status", R"(,"status":503)");
  same(503, accepted(client().get(twilio.url() + "/v1/Rooms", in(20s))).status);
  same("GET", twilio.methods());
}

TEST(a_post_is_sent_once) {
  const StandIn& twilio = stand_in();
  for (const auto* const mode : {"close", "lost", "cut"}) {
    stand_in().fault(mode);
    unavailable(client().post(twilio.url() + "/v1/Rooms", "", in(20s)), mode);
    same("POST", twilio.methods(), mode);
  }
}

// libcurl on its own would send again what a kept connection swallowed.
TEST(a_kept_connection_that_dies_changes_neither) {
  const StandIn& twilio = stand_in();
  auto https = client();
  const std::string url = twilio.url() + "/v1/Rooms";
  static_cast<void>(accepted(https.get(url, in(20s))));
  twilio.fault("close");
  same("the connection was closed before an answer came",
       unavailable(https.post(url, "", in(20s))));
  same("GET POST", twilio.methods());
  twilio.fault("raw", R"(,"body":"")");
  static_cast<void>(accepted(https.get(url, in(20s))));
  twilio.fault("close");
  unavailable(https.get(url, in(20s)));
  same("GET POST GET GET GET", twilio.methods());
}

TEST(a_kept_connection_that_was_closed_while_idle_is_replaced) {
  const StandIn& twilio = stand_in();
  auto https = client();
  const std::string url = twilio.url() + "/v1/Rooms";
  static_cast<void>(accepted(https.get(url, in(20s))));
  twilio.fault("away");
  twilio.control(R"({"fault":null})");
  same(201, accepted(https.post(url, "", in(20s))).status);
  same("GET POST", twilio.methods());
}

}  // namespace
