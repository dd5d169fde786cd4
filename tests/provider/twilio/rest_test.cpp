#include "roomkey/provider/twilio/rest.hpp"

#include <functional>

#include "support/clinic.hpp"
#include "support/stand_in.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using base::Code;
using provider::TwilioParticipant;
using provider::TwilioRest;
using provider::TwilioRestSettings;
using provider::TwilioRoom;

const std::string kName(kRoom);
const std::string kJane = "2-jane.doe@example.com";
const std::string kNoRoom = "RM00000000000000000000000000000000";
const std::string kNobody = "PA00000000000000000000000000000000";

// Twilio without a room, and a worker that asks it.
struct Scene {
  const StandIn& twilio = stand_in();
  TwilioRest rest{twilio.settings()};

  TwilioRoom room() { return accepted(rest.create_room(kName)); }
  std::string join(const std::string& room, const std::string& identity = kJane,
                   const std::string& status = "connected") {
    const auto answer = twilio.control(R"({"join":{"room":")" + room + R"(","identity":")" +
                                       identity + R"(","status":")" + status + "\"}}");
    return answer["participant"]["sid"].asString();
  }
  void end(const std::string& room) const { twilio.control(R"({"end":")" + room + "\"}"); }
  [[nodiscard]] Json::Value last() const {
    const auto seen = twilio.seen()["requests"];
    return seen[seen.size() - 1];
  }
};

template <typename T>
std::string unavailable(const base::Result<T>& result, std::string_view what = "") {
  const std::string why = refused(Code::provider_unavailable, result, what);
  expect(why.starts_with("Twilio, ") && !contains(why, StandIn::kSecret), why);
  return why;
}

// What every call says.
std::vector<std::string> refusals(TwilioRest& rest) {
  return {unavailable(rest.create_room("another"), "create"),
          unavailable(rest.find_room(kName), "find"),
          unavailable(rest.participants(kNoRoom), "participants"),
          unavailable(rest.disconnect(kNoRoom, kNobody), "disconnect")};
}

std::string about(const std::vector<TwilioParticipant>& list) {
  std::string text;
  for (const auto& one : list) {
    text += (text.empty() ? "" : ", ") + one.identity + ' ' + std::string(word(one.status));
  }
  return text;
}

TEST(makes_a_room_for_two_as_it_was_told) {
  Scene scene;
  auto settings = scene.twilio.settings();
  settings.media_region = "au1";
  settings.status_callback_url = "https://video.clinic.example/callback?a=b&c=d";
  TwilioRest rest(std::move(settings));
  const auto before = std::chrono::system_clock::now();
  const auto room = accepted(rest.create_room(kName));
  same(kName, room.name);
  same("in-progress", word(room.status));
  same(std::optional<std::string>("au1"), room.media_region);
  expect(room.created_at > before - 1min && room.created_at < before + 1min);
  expect(!room.ended_at && !room.duration);
  expect(room.sid.starts_with("RM") && room.sid.size() == 34);
  const auto form = scene.last()["form"];
  const std::pair<const char*, std::string> wanted[] = {
      {"UniqueName", kName},
      {"Type", "group"},
      {"MaxParticipants", "2"},
      {"MediaRegion", "au1"},
      {"EmptyRoomTimeout", "15"},
      {"UnusedRoomTimeout", "30"},
      {"StatusCallback", "https://video.clinic.example/callback?a=b&c=d"},
      {"StatusCallbackMethod", "POST"}};
  for (const auto& [key, value] : wanted) same(value, form[key].asString(), key);
  same(std::size(wanted), form.size());
}

TEST(says_nothing_of_what_is_not_configured) {
  Scene scene;
  static_cast<void>(scene.room());
  const auto form = scene.last()["form"];
  for (const auto* const key : {"MediaRegion", "StatusCallback", "StatusCallbackMethod"}) {
    expect(!form.isMember(key), key);
  }
  same(5, form.size());
}

TEST(a_room_that_exists_is_the_room) {
  Scene scene;
  const auto first = scene.room();
  same(first.sid, scene.room().sid);
  same("POST POST GET", scene.twilio.methods());
  scene.end(first.sid);
  expect(first.sid != scene.room().sid, "a room that ended is not made again");
}

TEST(a_room_that_exists_and_is_gone_is_no_room) {
  Scene scene;
  scene.twilio.fault("status", R"(,"status":400,"code":53113,"method":"POST")");
  unavailable(scene.rest.create_room(kName));
  same("POST GET", scene.twilio.methods());
}

TEST(finds_a_room_by_name_or_sid) {
  Scene scene;
  expect(!accepted(scene.rest.find_room(kName)));
  expect(!accepted(scene.rest.find_room(kNoRoom)));
  const auto made = scene.room();
  same(made.sid, accepted(scene.rest.find_room(kName)).value().sid);
  same(kName, accepted(scene.rest.find_room(made.sid)).value().name);
}

TEST(a_room_that_ended_is_found_by_sid_alone) {
  Scene scene;
  const auto made = scene.room();
  scene.end(made.sid);
  expect(!accepted(scene.rest.find_room(kName)));
  const auto ended = accepted(scene.rest.find_room(made.sid)).value();
  same("completed", word(ended.status));
  expect(ended.ended_at >= made.created_at && ended.duration >= 0s);
}

TEST(a_name_is_one_segment_of_the_path_whatever_is_in_it) {
  Scene scene;
  const std::string name = "a/../b?c#d e%2F\u00e9";
  const auto made = accepted(scene.rest.create_room(name));
  same(name, made.name);
  same(made.sid, accepted(scene.rest.find_room(name)).value().sid);
  same("/v1/Rooms/a%2F..%2Fb%3Fc%23d%20e%252F%C3%A9", scene.last()["path"].asString());
  const std::string person = "2-a/../b?c#d@example.com";
  scene.join(made.sid, person);
  expect(accepted(scene.rest.disconnect(made.sid, person)));
  same("/v1/Rooms/" + made.sid + "/Participants/2-a%2F..%2Fb%3Fc%23d%40example.com",
       scene.last()["path"].asString());
  const auto asked = scene.twilio.seen()["requests"].size();
  for (const std::string& none :
       {std::string(), std::string("."), std::string(".."), std::string(600, 'x')}) {
    expect(!accepted(scene.rest.find_room(none), none), none);
    expect(!accepted(scene.rest.disconnect(made.sid, none), none), none);
  }
  same(asked, scene.twilio.seen()["requests"].size());
}

TEST(lists_who_is_there_or_was) {
  Scene scene;
  const auto room = scene.room();
  same("", about(accepted(scene.rest.participants(room.sid))));
  const auto jane = scene.join(room.sid);
  scene.join(room.sid, "19-dr.sarah@example.com", "disconnected");
  scene.join(room.sid, "5-some.one@example.com", "reconnecting");
  const auto list = accepted(scene.rest.participants(room.sid));
  same(kJane + " connected", about(list));
  same(jane, list[0].sid);
  expect(list[0].start_time >= room.created_at && !list[0].end_time && !list[0].duration);
  same("100", scene.last()["query"]["PageSize"].asString());
  using Status = TwilioParticipant::Status;
  const auto gone = accepted(scene.rest.participants(room.sid, Status::disconnected));
  same("19-dr.sarah@example.com disconnected", about(gone));
  expect(gone[0].end_time >= gone[0].start_time && gone[0].duration >= 0s);
  same("5-some.one@example.com reconnecting",
       about(accepted(scene.rest.participants(room.sid, Status::reconnecting))));
  scene.end(room.sid);
  same(3, accepted(scene.rest.participants(room.sid)).size());
}

TEST(an_unknown_room_has_no_participants) {
  Scene scene;
  same(0, accepted(scene.rest.participants(kNoRoom)).size());
  expect(!accepted(scene.rest.disconnect(kNoRoom, kJane)));
  for (const std::string& no_sid : {kName, std::string(), kNoRoom + '0', kNoRoom.substr(1) + 'g',
                                    std::string("../../../2010-04-01/Accounts")}) {
    unavailable(scene.rest.participants(no_sid), no_sid);
    unavailable(scene.rest.disconnect(no_sid, kJane), no_sid);
  }
}

TEST(the_first_hundred_are_enough_and_the_next_page_is_not_fetched) {
  Scene scene;
  const auto room = scene.room();
  for (int i = 0; i < 101; ++i) scene.join(room.sid, std::to_string(i) + "-x");
  same(100, accepted(scene.rest.participants(room.sid)).size());
  same("POST GET", scene.twilio.methods());
}

TEST(puts_a_participant_out_by_sid_or_identity) {
  Scene scene;
  const auto room = scene.room();
  const auto jane = scene.join(room.sid);
  scene.join(room.sid, "19-dr.sarah@example.com");
  expect(accepted(scene.rest.disconnect(room.sid, jane)));
  same("disconnected", scene.last()["form"]["Status"].asString());
  same("19-dr.sarah@example.com connected", about(accepted(scene.rest.participants(room.sid))));
  expect(accepted(scene.rest.disconnect(room.sid, "19-dr.sarah@example.com")));
  same("", about(accepted(scene.rest.participants(room.sid))));
  same("POST POST GET POST GET", scene.twilio.methods());
}

TEST(who_is_not_there_cannot_be_put_out) {
  Scene scene;
  const auto room = scene.room();
  scene.join(room.sid, kJane, "disconnected");
  expect(!accepted(scene.rest.disconnect(room.sid, kJane)));
  expect(!accepted(scene.rest.disconnect(room.sid, "3-nobody@example.com")));
  expect(!accepted(scene.rest.disconnect(room.sid, kNobody)));
}

TEST(an_identity_that_a_path_cannot_name_is_put_out_all_the_same) {
  Scene scene;
  scene.twilio.control(R"({"plain_paths":true})");
  const auto room = scene.room();
  scene.join(room.sid);
  expect(accepted(scene.rest.disconnect(room.sid, kJane)));
  same("", about(accepted(scene.rest.participants(room.sid))));
}

TEST(who_is_reconnecting_is_put_out_before_coming_back) {
  Scene scene;
  const auto room = scene.room();
  scene.join(room.sid, kJane, "reconnecting");
  expect(accepted(scene.rest.disconnect(room.sid, kJane)));
  same(kJane + " disconnected",
       about(accepted(scene.rest.participants(room.sid, TwilioParticipant::Status::disconnected))));
}

TEST(a_wrong_secret_is_unavailable_and_told_to_nobody) {
  Scene scene;
  auto settings = scene.twilio.settings();
  settings.api_secret = crypto::Secret("another-secret");
  TwilioRest rest(std::move(settings));
  for (const auto& why : refusals(rest)) {
    expect(contains(why, "HTTP 401, error 20003") && !contains(why, "another-secret"), why);
  }
}

TEST(without_all_three_settings_nothing_is_asked) {
  Scene scene;
  const auto without = [&](auto take_out, std::string_view name) {
    auto settings = scene.twilio.settings();
    take_out(settings);
    TwilioRest rest(std::move(settings));
    for (const auto& why : refusals(rest)) expect(contains(why, name), why);
  };
  without([](auto& settings) { settings.account_sid = ""; }, "TWILIO_ACCOUNT_SID is not set");
  without([](auto& settings) { settings.api_key = ""; }, "TWILIO_API_KEY is not set");
  without([](auto& settings) { settings.api_secret = {}; }, "TWILIO_API_SECRET is not set");
  same("", scene.twilio.methods());
}

TEST(http_to_another_host_is_not_tried) {
  TwilioRestSettings settings{StandIn::kAccount, StandIn::kKey, crypto::Secret(StandIn::kSecret)};
  settings.video_url = "http://video.twilio.example";
  TwilioRest rest(std::move(settings));
  for (const auto& why : refusals(rest)) expect(contains(why, "neither https nor"), why);
}

TEST(every_refusal_of_twilio_makes_it_unavailable) {
  Scene scene;
  for (const auto* const status : {"400", "401", "403", "409", "429", "500", "503"}) {
    scene.twilio.fault("status", std::string(R"(,"status":)") + status);
    for (const auto& why : refusals(scene.rest)) {
      expect(contains(why, std::string("HTTP ") + status + ", error "), why);
    }
  }
}

TEST(what_is_no_answer_of_twilio_makes_it_unavailable) {
  Scene scene;
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
  Scene scene;
  scene.twilio.fault("lost", R"(,"times":1)");
  unavailable(scene.rest.create_room(kName));
  same(kName, scene.room().name);
  same(1, scene.twilio.seen()["rooms"].size());
}

TEST(nobody_there_is_unavailable) {
  Scene scene;
  scene.twilio.fault("away");
  refusals(scene.rest);
}

TEST(a_call_ends_by_the_deadline_all_its_requests_together) {
  Scene scene;
  auto settings = scene.twilio.settings();
  settings.deadline = 300ms;
  TwilioRest rest(std::move(settings));
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

struct Lie {
  const char* more;
  std::string_view field;
};

TEST(a_room_that_is_not_as_it_should_be_is_none) {
  Scene scene;
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
  Scene scene;
  static_cast<void>(scene.room());
  scene.twilio.fault("lying", R"(,"drop":["end_time","duration","media_region","links","url"])");
  const auto room = accepted(scene.rest.find_room(kName)).value();
  expect(!room.ended_at && !room.duration && !room.media_region);
}

TEST(a_participant_that_is_not_as_it_should_be_spoils_the_list) {
  Scene scene;
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
