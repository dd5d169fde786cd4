#include "provider/livekit/proof.hpp"

#include "cli/check/checked.hpp"
#include "provider/livekit/scripted.hpp"
#include "roomkey/base/json.hpp"

namespace livekit_proof_test {

using namespace roomkey;
using namespace roomkey::test;
using namespace std::chrono_literals;
using provider::livekit::Answers;
using Failure = provider::Https::Failure;

Answers answers(int status = 200, const std::string& body = R"({"rooms":[]})") {
  Answers all{.host = "video.clinic.example", .rooms = {}, .clock_ahead = 0s};
  all.rooms.status = status;
  all.rooms.body = body;
  if (auto object = base::parse_json_object(body)) all.rooms.object = std::move(*object);
  return all;
}

void say(std::string_view wanted, const Answers& all, std::string_view part = "",
         test::Where where = test::here()) {
  base::Findings findings;
  provider::livekit::check_answers(findings, all);
  came_out(wanted, findings, part, where);
}

TEST(livekit_takes_the_key) {
  say("ok livekit_clock, ok livekit_credentials", answers(), "accepts the API key");
}

TEST(livekit_refuses_the_key_or_its_secret) {
  say("ok livekit_clock, error livekit_credentials", answers(401, "invalid API key: APIx"),
      "does not know LIVEKIT_API_KEY");
  say("ok livekit_clock, error livekit_credentials", answers(401, "invalid authorization token"),
      "refuses LIVEKIT_API_KEY with LIVEKIT_API_SECRET");
}

TEST(something_else_answers_for_livekit_or_nobody) {
  say("error livekit, ok livekit_clock", answers(200, "<html>"), "not as LiveKit does");
  say("error livekit, ok livekit_clock", answers(200, "{}"), "not as LiveKit does");
  say("error livekit, ok livekit_clock", answers(404, R"({"code":"bad_route"})"), "/twirp/");
  say("error livekit, ok livekit_clock", answers(503, ""), "has trouble");
  auto away = answers(0, "");
  away.rooms.failure = Failure::connection;
  away.rooms.why = "Connection refused";
  say("error livekit", away, "can't be reached: Connection refused.");
}

TEST(livekit_s_clock_and_ours_are_compared) {
  auto all = answers();
  all.clock_ahead = -30s;
  say("warn livekit_clock, ok livekit_credentials", all, "30 seconds behind");
  all.clock_ahead = 61s;
  say("error livekit_clock, ok livekit_credentials", all, "ahead of");
  all.clock_ahead.reset();
  say("warn livekit_clock, ok livekit_credentials", all, "not compared");
}

TEST(whom_browsers_open_is_asked_where_that_is_another) {
  auto all = answers();
  all.door = "door.clinic.example";
  all.door_status = 200;
  say("ok livekit_clock, ok livekit_credentials, ok LIVEKIT_URL", all,
      "door.clinic.example answers");
  all.door_status = 502;
  say("ok livekit_clock, ok livekit_credentials, error LIVEKIT_URL", all, "answers with HTTP 502");
  all.door_status = 0;
  all.door_why = "no such name";
  say("ok livekit_clock, ok livekit_credentials, error LIVEKIT_URL", all, "no such name");
}

TEST(livekit_is_asked_for_a_room_that_nobody_has) {
  test::livekit::Scripted there({{200, R"({"rooms":[]})"}});
  provider::livekit::Configuration configuration;
  const auto settings = there.settings();
  configuration.api_url = settings.api_url;
  configuration.token = {"ws" + settings.api_url.substr(4), test::livekit::kKey,
                         crypto::Secret(test::livekit::kLivekitSecret)};
  const auto all = provider::livekit::ask(configuration);
  same(200, all.rooms.status);
  same("", all.door);
  expect(contains(there.requests().at(0), R"({"names":["roomkey-check"]})"));
}

}  // namespace livekit_proof_test
