// Answers of the right kind that aren't as they should be.
#include "provider/twilio/rest_scene.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

struct Lie {
  const char* more;
  std::string_view field;
};

TEST(a_room_that_is_not_as_it_should_be_is_none) {
  RestScene scene;
  const auto room = scene.room();
  const std::string long_text = R"(,"changes":{"media_region":")" + std::string(600, 'x') + "\"}";
  const Lie lies[] = {
      {R"(,"changes":{"sid":5})", "sid"},
      {R"(,"changes":{"sid":"RM0"})", "sid"},
      {R"(,"changes":{"sid":"PA00000000000000000000000000000000"})", "sid"},
      {R"(,"changes":{"sid":"RM0000000000000000000000000000000/"})", "sid"},
      {R"(,"changes":{"sid":"RM000000000000000000000000000000000"})", "sid"},
      {R"(,"drop":["sid"])", "sid"},
      {R"(,"changes":{"account_sid":"AC00000000000000000000000000000000"})", "account_sid"},
      {R"(,"changes":{"account_sid":null})", "account_sid"},
      {R"(,"changes":{"unique_name":null})", "unique_name"},
      {R"(,"changes":{"unique_name":["a"]})", "unique_name"},
      {R"(,"changes":{"unique_name":"another","sid":"RM00000000000000000000000000000000"})",
       "another room"},
      {R"(,"changes":{"status":"In-Progress"})", "status"},
      {R"(,"changes":{"status":1})", "status"},
      {R"(,"drop":["status"])", "status"},
      {R"(,"changes":{"date_created":null})", "date_created"},
      {R"(,"changes":{"date_created":"Thu, 30 Jul 2015 20:00:00 +0000"})", "date_created"},
      {R"(,"changes":{"date_created":1763283600})", "date_created"},
      {R"(,"changes":{"end_time":"soon"})", "end_time"},
      {R"(,"changes":{"duration":"5"})", "duration"},
      {R"(,"changes":{"duration":5.5})", "duration"},
      {R"(,"changes":{"duration":-1})", "duration"},
      {R"(,"changes":{"duration":99999999999999999999})", "duration"},
      {R"(,"changes":{"media_region":{}})", "media_region"},
      {long_text.c_str(), "media_region"}};
  for (const auto& [more, field] : lies) {
    scene.twilio.fault("lying", more);
    const std::string wanted = "the answer is wrong: " + std::string(field);
    expect(unavailable(scene.rest.find_room(kName), more).ends_with(wanted), more);
    expect(unavailable(scene.rest.create_room(kName), more).ends_with(wanted), more);
    scene.twilio.control(R"({"reset":true})");
    scene.twilio.fault("lying", more);
    expect(unavailable(scene.rest.create_room(kName), more).ends_with(wanted), more);
  }
}

TEST(what_may_be_missing_of_a_room_may_be_missing) {
  RestScene scene;
  static_cast<void>(scene.room());
  scene.twilio.fault("lying", R"(,"drop":["end_time","duration","media_region","links","url"])");
  const auto room = accepted(scene.rest.find_room(kName)).value();
  expect(!room.ended_at && !room.duration && !room.media_region);
}

TEST(a_participant_that_is_not_as_it_should_be_spoils_the_list) {
  RestScene scene;
  const auto room = scene.room();
  const Lie lies[] = {
      {R"(,"changes":{"sid":"RM00000000000000000000000000000000"})", "sid"},
      {R"(,"drop":["sid"])", "sid"},
      {R"(,"changes":{"account_sid":"AC00000000000000000000000000000000"})", "account_sid"},
      {R"(,"changes":{"room_sid":"RM00000000000000000000000000000000"})", "room_sid"},
      {R"(,"changes":{"identity":null})", "identity"},
      {R"(,"changes":{"identity":""})", "identity"},
      {R"(,"changes":{"status":"here"})", "status"},
      {R"(,"changes":{"start_time":null})", "start_time"},
      {R"(,"changes":{"end_time":5})", "end_time"},
      {R"(,"changes":{"duration":true})", "duration"}};
  for (const auto& [more, field] : lies) {
    const auto jane = scene.join(room.sid);
    scene.twilio.fault("lying", more);
    const std::string wanted = "the answer is wrong: " + std::string(field);
    expect(unavailable(scene.rest.participants(room.sid), more).ends_with(wanted), more);
    expect(unavailable(scene.rest.disconnect(room.sid, jane), more).ends_with(wanted), more);
  }
  const auto jane = scene.join(room.sid);
  scene.twilio.fault("lying", R"(,"changes":{"sid":"PA00000000000000000000000000000000",)"
                              R"("identity":"another"})");
  expect(unavailable(scene.rest.disconnect(room.sid, jane)).ends_with("somebody else"));
}

}  // namespace
