#include "cli/check/checked.hpp"
#include "provider/reach.hpp"
#include "provider/twilio/proof.hpp"
#include "support/stand_in.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using base::Findings;
using provider::twilio::CallbackAnswer;
using Failure = provider::Https::Failure;

base::Findings said_of(const CallbackAnswer& answer) {
  base::Findings findings;
  provider::twilio::check_callback(findings, answer);
  return findings;
}

TEST(the_host_of_an_address) {
  same("x.example", provider::host_of("https://x.example/a?b=//c/"));
  same("127.0.0.1:9", provider::host_of("http://127.0.0.1:9"));
  same("x.example", provider::host_of("https://x.example?token=1"));
}

TEST(roomkeys_own_refusal_proves_the_way_to_the_callback) {
  came_out("ok callback", said_of({"x.example", 403, {}, "", "bad_signature"}), "x.example");
}

TEST(anything_else_at_the_callbacks_address_is_a_problem) {
  for (const auto& [status, part] :
       std::initializer_list<std::pair<int, std::string>>{{200, "ends in /api/"},
                                                          {301, "redirect"},
                                                          {403, "ends in /api/"},
                                                          {404, "ends in /api/"},
                                                          {502, "No worker answers"},
                                                          {504, "No worker answers"}}) {
    came_out("error callback", said_of({"x.example", status, {}, "", ""}), part);
  }
}

TEST(a_callback_that_is_not_reached_from_here_may_be_from_outside) {
  came_out("warn callback", said_of({"x.example", 0, Failure::connection, "why", ""}), "router");
  came_out("warn callback", said_of({"x.example", 0, Failure::deadline, "why", ""}), "router");
  came_out("warn callback", said_of({"x.example", 0, Failure::library, "why", ""}), "libcurl4");
  came_out("error callback", said_of({"x.example", 0, Failure::tls, "why", ""}), "trusted");
  came_out("error callback", said_of({"x.example", 0, Failure::name, "why", ""}), "DNS");
}

TEST(the_callback_is_asked_without_credentials) {
  const StandIn& server = stand_in();
  server.fault("raw", R"(,"status":403,"body":"{\"code\":\"bad_signature\"}")");
  const auto answer = provider::twilio::ask_callback(server.url() + "/api/x/?a=b");
  same(403, answer.status);
  same("bad_signature", answer.code);
  same("127.0.0.1", answer.host.substr(0, answer.host.find(':')));
  const auto seen = server.seen()["requests"];
  same("POST /api/x/", seen[0]["method"].asString() + ' ' + seen[0]["path"].asString());
  expect(!seen[0]["credentials"].asBool(), "credentials were sent");
  server.fault("raw", R"(,"status":403,"body":"<html>")");
  same("", provider::twilio::ask_callback(server.url()).code);
  server.fault("away");
  same(0, provider::twilio::ask_callback(server.url()).status);
}

}  // namespace
