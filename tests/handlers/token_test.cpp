#include "roomkey/handlers/token.hpp"

#include "handlers/desk.hpp"

namespace {

using namespace roomkey::handlers;
using namespace roomkey::test;
using roomkey::access::Role;
using roomkey::base::Code;

TEST(both_participants_get_one_room_and_a_token_each) {
  Desk desk;
  const auto patient = body_of(desk.token());
  desk.call.authenticated = sarah();
  const auto psychologist = body_of(desk.token());
  same(patient["room_name"].asString(), psychologist["room_name"].asString());
  expect(patient["access_token"] != psychologist["access_token"]);
  same("19-dr.sarah@example.com", psychologist["user_identity"].asString());
}

TEST(the_answer_s_numbers_follow_the_duration) {
  struct Case {
    int duration, expires_in;
    const char *text, *expires_at;
  };
  for (const auto& [duration, expires_in, text, expires_at] :
       {Case{15, 3600, "60 minutes (1 hours)", "2025-11-16T10:00:00Z"},
        Case{60, 5400, "90 minutes (1 hours)", "2025-11-16T10:30:00Z"},
        Case{90, 7200, "120 minutes (2 hours)", "2025-11-16T11:00:00Z"},
        Case{600, 14400, "240 minutes (4 hours)", "2025-11-16T13:00:00Z"}}) {
    Desk desk;
    desk.change([minutes = duration](auto& one) { one.duration = std::chrono::minutes{minutes}; });
    const auto body = body_of(desk.token());
    same(duration, body["appointment_duration_minutes"].asInt());
    same(expires_in, body["expires_in"].asInt());
    same(text, body["token_valid_until"].asString());
    same(expires_at, body["expires_at"].asString());
  }
}

TEST(a_token_leaves_one_event_with_its_end) {
  Desk desk;
  body_of(desk.token());
  const auto events = audit_of(desk.store.database);
  same(1, events.size());
  same("granted", word(events[0].outcome));
  same("video_token", events[0].action);
  same(std::optional<std::int64_t>(2), events[0].user_id);
  same(std::optional<std::int64_t>(47), events[0].appointment_id);
  same(std::optional(kNine + 90min), events[0].expires_at);
}

TEST(where_no_token_is_given_there_is_no_event_of_a_grant) {
  Desk desk;
  desk.call.authenticated = someone(Role::admin);
  refused(Code::permission_denied, desk.token());
  desk.call.authenticated = jane();
  desk.policy.join_early = 0min;
  desk.call.now = kNine - 1s;
  refused(Code::too_early, desk.token());
  desk.call.id = 99;
  refused(Code::appointment_not_found, desk.token());
  desk.add_appointment_without_room();
  desk.call.now = kNine;
  refused(Code::room_not_found, desk.token());
  same(0, audit_of(desk.store.database).size());
}

TEST(without_a_provider_the_reason_is_told) {
  Desk desk;
  TestTwilio none{roomkey::provider::twilio::TokenSettings{}};
  same("Twilio is not configured",
       refused(Code::token_failed, video_token(desk.call, Issue::first, "video_token",
                                               desk.store.database, {}, Providers({&none}))));
  same(0, audit_of(desk.store.database).size());
}

TEST(a_room_of_another_provider_s_is_entered_with_that_one_s_token) {
  Desk desk;
  roomkey::provider::stream::Tokens stream(stream_settings());
  auto settings = settings_at(":memory:");
  settings.room_provider = "stream";
  roomkey::store::Database database(settings);
  fill(database);
  const auto body = body_of(video_token(desk.call, Issue::first, "video_token", database, {},
                                        Providers({&desk.twilio, &stream})));
  const auto minted =
      accepted(stream.mint({47, std::string(kRoom), 2, "jane.doe@example.com", 90min}, kNine));
  same(minted.token, body["access_token"].asString());
  same("stream", body["provider"].asString());
  same("2-jane.doe@example.com", body["user_identity"].asString());
  expect(body["region"].isNull());
  const auto& connect = body["connect"];
  same("stream-key default apt-47-1763138954-46eb915c user_2",
       connect["api_key"].asString() + ' ' + connect["call_type"].asString() + ' ' +
           connect["call_id"].asString() + ' ' + connect["user_id"].asString());
  const Providers without({&desk.twilio});
  throws<roomkey::base::Unavailable>([&] {
    static_cast<void>(video_token(desk.call, Issue::first, "video_token", database, {}, without));
  });
}

TEST(a_refresh_says_when_and_a_missing_region_is_null) {
  Desk desk;
  expect(!body_of(desk.token()).isMember("refreshed_at"));
  same("2025-11-16T09:00:00Z", body_of(desk.token(Issue::refresh))["refreshed_at"].asString());
  TestTwilio nowhere(twilio_settings(""));
  const auto body = body_of(
      video_token(desk.call, Issue::first, "x", desk.store.database, {}, Providers({&nowhere})));
  expect(body.isMember("region") && body["region"].isNull());
}

}  // namespace
