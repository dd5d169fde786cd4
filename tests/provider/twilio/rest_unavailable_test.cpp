// Twilio that is away, slow, broken, or refuses.
#include <functional>

#include "provider/twilio/rest_scene.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using provider::twilio::Rest;
using provider::twilio::RestSettings;

// What every call says.
std::vector<std::string> refusals(Rest& rest) {
  return {unavailable(rest.create_room("another"), "create"),
          unavailable(rest.find_room(kName), "find"),
          unavailable(rest.participants(kNoRoom), "participants"),
          unavailable(rest.disconnect(kNoRoom, kNobody), "disconnect")};
}

TEST(a_wrong_secret_is_unavailable_and_told_to_nobody) {
  RestScene scene;
  auto settings = scene.twilio.settings();
  settings.api_secret = crypto::Secret("another-secret");
  Rest rest(std::move(settings));
  for (const auto& why : refusals(rest)) {
    expect(contains(why, "HTTP 401, error 20003") && !contains(why, "another-secret"), why);
  }
}

TEST(without_all_three_settings_nothing_is_asked) {
  RestScene scene;
  const auto without = [&](auto take_out, std::string_view name) {
    auto settings = scene.twilio.settings();
    take_out(settings);
    Rest rest(std::move(settings));
    for (const auto& why : refusals(rest)) expect(contains(why, name), why);
  };
  without([](auto& settings) { settings.account_sid = ""; }, "TWILIO_ACCOUNT_SID is not set");
  without([](auto& settings) { settings.api_key = ""; }, "TWILIO_API_KEY is not set");
  without([](auto& settings) { settings.api_secret = {}; }, "TWILIO_API_SECRET is not set");
  same("", scene.twilio.methods());
}

TEST(http_to_another_host_is_not_tried) {
  RestSettings settings{StandIn::kAccount, StandIn::kKey, crypto::Secret(StandIn::kSecret)};
  settings.video_url = "http://video.twilio.example";
  Rest rest(std::move(settings));
  for (const auto& why : refusals(rest)) expect(contains(why, "neither https nor"), why);
}

TEST(every_refusal_of_twilio_makes_it_unavailable) {
  RestScene scene;
  for (const auto* const status : {"400", "401", "403", "409", "429", "500", "503"}) {
    scene.twilio.fault("status", std::string(R"(,"status":)") + status);
    for (const auto& why : refusals(scene.rest)) {
      expect(contains(why, std::string("HTTP ") + status + ", error "), why);
    }
  }
}

TEST(what_is_no_answer_of_twilio_makes_it_unavailable) {
  RestScene scene;
  for (const auto* const more :
       {R"(,"body":"<html>It works!</html>")", R"(,"body":"")", R"(,"body":"[]")",
        R"(,"body":"{}")", R"(,"body":"null")", R"(,"body":"{\"sid\":")",
        R"(,"body":"{\"participants\":{}}")", R"(,"body":"{\"participants\":[5]}")",
        R"(,"body":"{\"participants\":[null]}")", R"(,"body":"{\"participants\":[[]]}")",
        R"(,"status":404,"body":"<html>no such page</html>")", R"(,"status":404,"body":"{}")",
        R"(,"status":404,"body":"{\"code\":\"20404\"}")", R"(,"status":204,"body":"")",
        R"(,"status":302,"body":"{\"code\":20404}")", R"(,"status":502,"body":"")"}) {
    scene.twilio.fault("raw", more);
    refusals(scene.rest);
  }
  for (const auto* const mode : {"close", "lost", "cut", "huge", "headers"}) {
    stand_in().fault(mode);
    if (std::string_view(mode) != "lost") refusals(scene.rest);
    unavailable(scene.rest.create_room(kName), mode);
  }
}

TEST(a_lost_answer_to_a_creation_loses_no_room) {
  RestScene scene;
  scene.twilio.fault("lost", R"(,"times":1)");
  unavailable(scene.rest.create_room(kName));
  same(kName, scene.room().name);
  same(1, scene.twilio.seen()["rooms"].size());
}

TEST(nobody_there_is_unavailable) {
  RestScene scene;
  scene.twilio.fault("away");
  refusals(scene.rest);
}

TEST(a_call_ends_by_the_deadline_all_its_requests_together) {
  RestScene scene;
  auto settings = scene.twilio.settings();
  settings.deadline = 300ms;
  Rest rest(std::move(settings));
  const auto room = scene.room();
  scene.join(room.sid, kJane, "reconnecting");
  scene.twilio.fault("slow", R"(,"seconds":0.2)");
  for (const auto& work : {std::function([&] { unavailable(rest.create_room(kName)); }),
                           std::function([&] { unavailable(rest.disconnect(room.sid, kJane)); })}) {
    const auto started = std::chrono::steady_clock::now();
    work();
    const auto spent = std::chrono::steady_clock::now() - started;
    expect(spent >= 290ms && spent < 4s);
  }
}

}  // namespace
