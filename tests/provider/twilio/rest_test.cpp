#include "roomkey/provider/twilio/rest.hpp"

#include "provider/twilio/rest_scene.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using provider::twilio::Participant;
using provider::twilio::Rest;

std::string about(const std::vector<Participant>& list) {
  std::string text;
  for (const auto& one : list) {
    text += (text.empty() ? "" : ", ") + one.identity + ' ' + std::string(word(one.status));
  }
  return text;
}

TEST(makes_a_room_for_two_as_it_was_told) {
  RestScene scene;
  auto settings = scene.twilio.settings();
  settings.media_region = "au1";
  settings.status_callback_url = "https://video.clinic.example/callback?a=b&c=d";
  Rest rest(std::move(settings));
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
  accepted(rest.create_room("for-three-guests", 5));
  same("5", scene.last()["form"]["MaxParticipants"].asString());
}

TEST(says_nothing_of_what_is_not_configured) {
  RestScene scene;
  static_cast<void>(scene.room());
  const auto form = scene.last()["form"];
  for (const auto* const key : {"MediaRegion", "StatusCallback", "StatusCallbackMethod"}) {
    expect(!form.isMember(key), key);
  }
  same(5, form.size());
}

TEST(a_room_that_exists_is_the_room) {
  RestScene scene;
  const auto first = scene.room();
  same(first.sid, scene.room().sid);
  same("POST POST GET", scene.twilio.methods());
  scene.end(first.sid);
  expect(first.sid != scene.room().sid, "a room that ended is not made again");
}

TEST(a_room_that_exists_and_is_gone_is_no_room) {
  RestScene scene;
  scene.twilio.fault("status", R"(,"status":400,"code":53113,"method":"POST")");
  unavailable(scene.rest.create_room(kName));
  same("POST GET", scene.twilio.methods());
}

TEST(finds_a_room_by_name_or_sid) {
  RestScene scene;
  expect(!accepted(scene.rest.find_room(kName)));
  expect(!accepted(scene.rest.find_room(kNoRoom)));
  const auto made = scene.room();
  same(made.sid, accepted(scene.rest.find_room(kName)).value().sid);
  same(kName, accepted(scene.rest.find_room(made.sid)).value().name);
}

TEST(a_room_that_ended_is_found_by_sid_alone) {
  RestScene scene;
  const auto made = scene.room();
  scene.end(made.sid);
  expect(!accepted(scene.rest.find_room(kName)));
  const auto ended = accepted(scene.rest.find_room(made.sid)).value();
  same("completed", word(ended.status));
  expect(ended.ended_at >= made.created_at && ended.duration >= 0s);
}

TEST(a_name_is_one_segment_of_the_path_whatever_is_in_it) {
  RestScene scene;
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
  RestScene scene;
  const auto room = scene.room();
  same("", about(accepted(scene.rest.participants(room.sid))));
  const auto jane = scene.join(room.sid);
  scene.join(room.sid, "19-dr.sarah@example.com", "disconnected");
  scene.join(room.sid, "5-some.one@example.com", "reconnecting");
  const auto list = accepted(scene.rest.participants(room.sid));
  same(std::string(kJane) + " connected", about(list));
  same(jane, list[0].sid);
  expect(list[0].start_time >= room.created_at && !list[0].end_time && !list[0].duration);
  same("100", scene.last()["query"]["PageSize"].asString());
  using Status = Participant::Status;
  const auto gone = accepted(scene.rest.participants(room.sid, Status::disconnected));
  same("19-dr.sarah@example.com disconnected", about(gone));
  expect(gone[0].end_time >= gone[0].start_time && gone[0].duration >= 0s);
  same("5-some.one@example.com reconnecting",
       about(accepted(scene.rest.participants(room.sid, Status::reconnecting))));
  scene.end(room.sid);
  same(3, accepted(scene.rest.participants(room.sid)).size());
}

TEST(an_unknown_room_has_no_participants) {
  RestScene scene;
  same(0, accepted(scene.rest.participants(kNoRoom)).size());
  expect(!accepted(scene.rest.disconnect(kNoRoom, kJane)));
  for (const std::string& no_sid : {kName, std::string(), kNoRoom + '0', kNoRoom.substr(1) + 'g',
                                    std::string("../../../2010-04-01/Accounts")}) {
    unavailable(scene.rest.participants(no_sid), no_sid);
    unavailable(scene.rest.disconnect(no_sid, kJane), no_sid);
  }
}

TEST(the_first_hundred_are_enough_and_the_next_page_is_not_fetched) {
  RestScene scene;
  const auto room = scene.room();
  for (int i = 0; i < 101; ++i) scene.join(room.sid, std::to_string(i) + "-x");
  same(100, accepted(scene.rest.participants(room.sid)).size());
  same("POST GET", scene.twilio.methods());
}

TEST(puts_a_participant_out_by_sid_or_identity) {
  RestScene scene;
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
  RestScene scene;
  const auto room = scene.room();
  scene.join(room.sid, kJane, "disconnected");
  expect(!accepted(scene.rest.disconnect(room.sid, kJane)));
  expect(!accepted(scene.rest.disconnect(room.sid, "3-nobody@example.com")));
  expect(!accepted(scene.rest.disconnect(room.sid, kNobody)));
}

TEST(an_identity_that_a_path_cannot_name_is_put_out_all_the_same) {
  RestScene scene;
  scene.twilio.control(R"({"plain_paths":true})");
  const auto room = scene.room();
  scene.join(room.sid);
  expect(accepted(scene.rest.disconnect(room.sid, kJane)));
  same("", about(accepted(scene.rest.participants(room.sid))));
}

TEST(ends_a_room_once_and_all_who_are_in_it_are_out) {
  RestScene scene;
  const auto room = scene.room();
  scene.join(room.sid);
  expect(accepted(scene.rest.complete_room(room.sid)));
  same("completed", scene.last()["form"]["Status"].asString());
  same(std::string(kJane) + " disconnected", about(accepted(scene.rest.participants(room.sid))));
  expect(!accepted(scene.rest.find_room(kName)));
  expect(!accepted(scene.rest.complete_room(kNoRoom)));
  unavailable(scene.rest.complete_room(kName));
}

TEST(a_room_that_can_not_be_ended_because_it_is_over_is_over) {
  RestScene scene;
  const auto room = scene.room();
  scene.twilio.fault("status", R"(,"status":400,"method":"POST")");
  unavailable(scene.rest.complete_room(room.sid));
  scene.end(room.sid);
  expect(!accepted(scene.rest.complete_room(room.sid)));
  scene.twilio.control(R"({"fault":null})");
}

TEST(who_is_reconnecting_is_put_out_before_coming_back) {
  RestScene scene;
  const auto room = scene.room();
  scene.join(room.sid, kJane, "reconnecting");
  expect(accepted(scene.rest.disconnect(room.sid, kJane)));
  same(std::string(kJane) + " disconnected",
       about(accepted(scene.rest.participants(room.sid, Participant::Status::disconnected))));
}

}  // namespace
