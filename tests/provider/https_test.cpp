#include "roomkey/provider/https.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <cstdlib>
#include <thread>

#include "provider/https_client.hpp"
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
using provider::Https;
using Clock = std::chrono::steady_clock;

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
