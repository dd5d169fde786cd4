#include "roomkey/provider/https.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "support/certificate.hpp"
#include "support/stand_in.hpp"
#include "support/test.hpp"

// libcurl resolves names by this one: a name server that says nothing for six seconds.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  if (node != nullptr && std::string_view(node) == "silent.example") {
    std::this_thread::sleep_for(std::chrono::seconds{6});
    return EAI_AGAIN;
  }
  using Real = decltype(&getaddrinfo);
  static const auto real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(node, service, hints, found);
}

namespace {

using namespace roomkey;
using namespace roomkey::test;
using namespace std::chrono_literals;
using base::Code;
using provider::Https;
using Clock = std::chrono::steady_clock;

Https client(std::chrono::milliseconds connect_deadline = 20s, const std::string& ca_file = "") {
  return Https({StandIn::kKey, crypto::Secret(StandIn::kSecret), connect_deadline, ca_file});
}

Https::Deadline in(std::chrono::milliseconds span) { return Clock::now() + span; }

std::string unavailable(const base::Result<Https::Answer>& answer, std::string_view what = "") {
  const std::string why = refused(Code::provider_unavailable, answer, what);
  expect(!why.empty() && !contains(why, StandIn::kSecret), why);
  return why;
}

TEST(asks_with_basic_authentication_and_says_who_it_is) {
  const StandIn& twilio = stand_in();
  auto https = client();
  same(200, accepted(https.get(twilio.url() + "/v1/Rooms", in(20s))).status);
  const auto made = accepted(https.post(twilio.url() + "/v1/Rooms", "UniqueName=a%20b", in(20s)));
  same(201, made.status);
  expect(contains(made.body, "\"a b\""), made.body);
  const auto seen = twilio.seen()["requests"];
  expect(seen[0]["authorized"].asBool() && seen[1]["authorized"].asBool());
  expect(seen[0]["agent"].asString().starts_with("roomkey/"));
  same("a b", seen[1]["form"]["UniqueName"].asString());
}

TEST(keeps_the_connection_and_the_answers_apart) {
  const StandIn& twilio = stand_in();
  auto https = client();
  for (const auto* const path : {"/v1/Rooms", "/nowhere", "/v1/Rooms"}) {
    const auto answer = accepted(https.get(twilio.url() + path, in(20s)), path);
    same(std::string_view(path) == "/nowhere" ? 404 : 200, answer.status, path);
    expect(answer.body.starts_with('{') && answer.body.ends_with('}'), answer.body);
    static_cast<void>(accepted(https.post(twilio.url() + path, "", in(20s)), path));
  }
  const auto seen = twilio.seen()["requests"];
  same(6, seen.size());
  for (const auto& one : seen) same(seen[0]["connection"].asInt(), one["connection"].asInt());
}

TEST(an_address_that_is_not_for_credentials_is_not_connected_to) {
  const StandIn& twilio = stand_in();
  auto https = client();
  for (const std::string& url : std::initializer_list<std::string>{
           "http://example.com/", "http://user@127.0.0.1/", "file:///etc/passwd",
           "ftp://127.0.0.1/", twilio.url("HTTP://127.0.0.1"), twilio.url("http://0x7f000001")}) {
    same("the address is neither https nor this machine", unavailable(https.get(url, in(5s)), url));
    unavailable(https.post(url, "a=b", in(5s)), url);
  }
  same("", twilio.methods());
}

TEST(no_redirect_is_followed) {
  const StandIn& twilio = stand_in();
  twilio.fault("redirect", R"(,"times":1,"location":")" + twilio.url() + "/v1/Rooms\"");
  same(302, accepted(client().get(twilio.url() + "/v1/Rooms", in(20s))).status);
  same("GET", twilio.methods());
}

TEST(no_proxy_is_asked) {
  const StandIn& twilio = stand_in();
  const std::string proxy = twilio.url();
  for (const auto* const name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy"}) {
    setenv(name, proxy.c_str(), 1);
    for (const auto* const url : {"http://127.0.0.1:1/", "https://127.0.0.1:1/"}) {
      const auto why = unavailable(client().get(url, in(5s)), name);
      expect(contains(why, "connect to 127.0.0.1 port 1 "), why);
    }
    unsetenv(name);
  }
  same("", twilio.methods());
}

TEST(waits_no_longer_than_the_deadline) {
  const StandIn& twilio = stand_in();
  for (const auto& [mode, more] : {std::pair{"slow", R"(,"seconds":8)"}, std::pair{"drip", ""}}) {
    twilio.fault(mode, more);
    auto https = client();
    for (const bool post : {false, true}) {
      const auto started = Clock::now();
      const std::string url = twilio.url() + "/v1/Rooms";
      unavailable(post ? https.post(url, "", in(200ms)) : https.get(url, in(200ms)), mode);
      const auto spent = Clock::now() - started;
      expect(spent >= 190ms && spent < 4s, mode);
    }
  }
  same("GET POST GET POST", twilio.methods());
}

TEST(a_deadline_that_is_over_asks_nobody) {
  const StandIn& twilio = stand_in();
  unavailable(client().get(twilio.url() + "/v1/Rooms", in(0ms)));
  unavailable(client().get(twilio.url() + "/v1/Rooms", in(-5s)));
  same("", twilio.methods());
}

TEST(a_silent_name_server_holds_nobody_past_the_deadline) {
  auto https = client();
  const auto started = Clock::now();
  unavailable(https.get("https://silent.example/", in(200ms)));
  expect(Clock::now() - started < 4s, "waited for the resolver");
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

TEST(nobody_there_is_unavailable_at_once) {
  const StandIn& twilio = stand_in();
  twilio.fault("away");
  const auto started = Clock::now();
  for (const bool post : {false, true}) {
    auto https = client();
    const std::string why =
        unavailable(post ? https.post(twilio.url(), "", in(5s)) : https.get(twilio.url(), in(5s)));
    expect(contains(why, "connect"), why);
  }
  expect(Clock::now() - started < 4s);
}

TEST(an_answer_is_bounded_and_so_are_its_headers) {
  const StandIn& twilio = stand_in();
  for (const auto* const mode : {"huge", "headers"}) {
    stand_in().fault(mode);
    same("the answer is over 256 KiB",
         unavailable(client().get(twilio.url() + "/v1/Rooms", in(20s)), mode));
    same("GET", twilio.methods(), mode);
  }
}

TEST(a_certificate_must_be_trusted_and_for_the_host) {
  const Certificate certificate("localhost");
  const StandIn twilio({"--certificate", certificate.pem, "--key", certificate.key});
  const std::string path = "/v1/Rooms";
  auto trusting = client(20s, certificate.pem);
  same(200, accepted(trusting.get(twilio.url("https://localhost") + path, in(20s))).status);
  same("GET", twilio.methods());
  const auto other_host =
      unavailable(trusting.get(twilio.url("https://127.0.0.1") + path, in(20s)));
  expect(contains(other_host, "127.0.0.1"), other_host);
  const auto unknown = unavailable(client().get(twilio.url("https://localhost") + path, in(20s)));
  expect(contains(unknown, "certificate"), unknown);
  same("GET", twilio.methods());
  auto mistrusting = client();
  unavailable(mistrusting.get(twilio.url("https://localhost") + path, in(20s)));
  expect(mistrusting.failure() == Https::Failure::tls);
}

TEST(a_failure_is_told_from_another) {
  const StandIn& twilio = stand_in();
  auto https = client();
  const auto failure = [&](const std::string& url, std::chrono::milliseconds time) {
    unavailable(https.get(url, in(time)), url);
    return https.failure();
  };
  expect(failure("https://-.invalid/", 20s) == Https::Failure::name, "name");
  expect(failure("https://127.0.0.1:1/", 20s) == Https::Failure::connection, "connection");
  expect(failure(twilio.url(), 0ms) == Https::Failure::deadline, "deadline");
  twilio.fault("close");
  expect(failure(twilio.url(), 20s) == Https::Failure::answer, "answer");
}

TEST(an_answer_has_the_date_of_who_gave_it) {
  const StandIn& twilio = stand_in();
  auto https = client();
  const auto date = [&] { return accepted(https.get(twilio.url() + "/v1/Rooms", in(20s))).date; };
  const auto now = std::chrono::system_clock::now();
  const auto first = date();
  expect(first && *first > now - 2s && *first < now + 20s);
  twilio.control(R"({"clock":86400})");
  expect(date() > now + 23h);
  twilio.control(R"({"clock":null})");
  expect(!date());
}

TEST(without_a_user_no_credentials_are_sent) {
  const StandIn& twilio = stand_in();
  Https https({"", crypto::Secret("never sent"), 20s});
  same(401, accepted(https.get(twilio.url() + "/v1/Rooms", in(20s))).status);
  static_cast<void>(accepted(client().get(twilio.url() + "/v1/Rooms", in(20s))));
  const auto seen = twilio.seen()["requests"];
  expect(!seen[0]["credentials"].asBool() && seen[1]["credentials"].asBool());
}

}  // namespace
