#include "roomkey/handlers/appointment.hpp"

#include "roomkey/base/json.hpp"
#include "roomkey/handlers/participants.hpp"
#include "roomkey/provider/twilio/token.hpp"
#include "support/provider.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::handlers;
using namespace roomkey::test;
using roomkey::access::Policy;
using roomkey::access::Role;
using roomkey::access::Status;
using roomkey::access::User;
using roomkey::base::Code;
using roomkey::base::Result;
using roomkey::http::Call;
using roomkey::http::Response;

// The handlers with a caller, a time and a store to call them with.
struct Desk {
  MemoryStore store;
  TestTwilio twilio;  // nobody is asked
  Providers providers{{&twilio}};
  Policy policy;
  roomkey::http::Request request;
  Call call{request, kNine, 47, "", jane()};

  Result<Response> token(Issue issue = Issue::first) {
    return video_token(call, issue, "video_token", store.database, policy, providers);
  }
  Result<Response> room() {
    return video_room(call, "video_room", store.database, providers,
                      "https://app.example/video-session/{room}");
  }
  Result<Response> view() { return appointment(call, store.database, policy, providers); }
  Result<Response> status() { return video_status(call, store.database, providers); }

  template <typename Change>
  void change(Change how) {
    auto changed = roomkey::store::find_appointment(store.database, 47).value();
    how(changed);
    roomkey::store::Transaction transaction(store.database);
    roomkey::store::put_appointment(transaction, store.database, changed);
    transaction.commit();
  }
  void add_appointment_without_room() {
    auto made = appointment_47();
    made.id = call.id = 48;
    made.room.reset();
    roomkey::store::Transaction transaction(store.database);
    roomkey::store::put_appointment(transaction, store.database, made);
    transaction.commit();
  }
};

Json::Value body_of(const Result<Response>& result, int status = 200) {
  const Response response = accepted(result);
  same(status, response.status, response.body);
  return accepted(roomkey::base::parse_json_object(response.body), response.body);
}

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
  same("user_2", body["user_identity"].asString());
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

TEST(a_room_is_named_once_by_the_contract_s_rule) {
  Desk desk;
  desk.add_appointment_without_room();
  const auto made = body_of(desk.room(), 201);
  const std::string name = made["room_name"].asString();
  same("Video room created successfully", made["message"].asString());
  same("https://app.example/video-session/" + name, made["meeting_url"].asString());
  expect(name.starts_with("apt-48-1763283600-") && name.size() == 26, name);
  same(std::string::npos, name.substr(18).find_first_not_of("0123456789abcdef"), name);
  desk.call.now = kNine + 1h;
  desk.call.authenticated = someone(Role::practice_manager);
  const auto again = body_of(desk.room(), 200);
  same("Video room already exists", again["message"].asString());
  same(name, again["room_name"].asString());
  same(1, audit_of(desk.store.database).size());
}

TEST(a_room_is_refused_to_whom_and_where_it_does_not_belong) {
  Desk desk;
  desk.call.authenticated = someone(Role::patient);
  refused(Code::permission_denied, desk.room());
  desk.call.authenticated = jane();
  desk.change([](auto& one) { one.session_type = roomkey::access::SessionType::in_person; });
  refused(Code::not_telehealth, desk.room());
  desk.change([](auto& one) { one.status = Status::completed; });
  same("Appointment is completed", refused(Code::appointment_closed, desk.room()));
}

TEST(a_room_s_body_is_empty_or_an_object) {
  Desk desk;
  for (const auto* const good : {"", "{}", " { } "}) {
    desk.call.body = good;
    body_of(desk.room(), 200);
  }
  for (const auto* const bad : {"[]", "null", "{", "x", "\"\"", "{}x"}) {
    desk.call.body = bad;
    const auto why = refused(Code::bad_request, desk.room(), bad);
    expect(why.starts_with("The body is "), why);
  }
}

TEST(can_join_says_what_the_token_route_would_do) {
  Desk desk;
  desk.policy = {15min, 30min};
  for (const auto now : {kNine - 16min, kNine - 15min, kNine + 89min, kNine + 90min}) {
    for (const User& caller : {jane(), sarah(), someone(Role::admin)}) {
      desk.call.now = now;
      desk.call.authenticated = caller;
      same(desk.token().has_value(), body_of(desk.view())["can_join"].asBool(), caller.name);
    }
  }
  desk.call.now = kNine;
  desk.call.authenticated = jane();
  TestTwilio no_twilio{roomkey::provider::twilio::TokenSettings{}};
  roomkey::provider::stream::Tokens stream(stream_settings());
  roomkey::provider::stream::Tokens no_stream({});
  const auto can_join = [&](std::vector<roomkey::provider::Provider*> all) {
    const Providers providers(std::move(all));
    return body_of(appointment(desk.call, desk.store.database, {}, providers))["can_join"].asBool();
  };
  expect(!can_join({}) && !can_join({&no_twilio, &no_stream}),
         "without a provider nobody can join");
  expect(can_join({&no_twilio, &stream}) && can_join({&desk.twilio, &no_stream}));
  desk.change([](auto& appointment) { appointment.room->name = "a.b"; });
  expect(!can_join({&no_twilio, &stream}), "no name for a call of Stream's");
  expect(can_join({&desk.twilio, &stream}));
}

TEST(an_appointment_shows_its_window_and_room_or_null) {
  Desk desk;
  auto body = body_of(desk.view());
  expect(body["join_opens_at"].isNull() && body["join_closes_at"].isNull());
  same(kRoom, body["video_room_id"].asString());
  desk.policy = {15min, 30min};
  desk.add_appointment_without_room();
  body = body_of(desk.view());
  same("2025-11-16T08:45:00Z", body["join_opens_at"].asString());
  same("2025-11-16T10:30:00Z", body["join_closes_at"].asString());
  expect(body["video_room_id"].isNull() && !body["can_join"].asBool());
}

TEST(who_may_see_what) {
  Desk desk;
  for (const auto role : {Role::patient, Role::psychologist, Role::service}) {
    desk.call.authenticated = someone(role);
    refused(Code::permission_denied, desk.view());
    refused(Code::permission_denied, desk.status());
  }
  desk.call.authenticated = someone(Role::practice_manager);
  body_of(desk.view());
  refused(Code::permission_denied, desk.status());
  desk.call.authenticated = sarah();
  body_of(desk.status());
  desk.add_appointment_without_room();
  refused(Code::room_not_found, desk.status());
  desk.call.id = 99;
  refused(Code::appointment_not_found, desk.status());
  refused(Code::appointment_not_found, desk.view());
  refused(Code::appointment_not_found, desk.room());
}

}  // namespace
