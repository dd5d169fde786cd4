#include "roomkey/handlers/appointment.hpp"

#include "handlers/desk.hpp"

namespace {

using namespace roomkey::handlers;
using namespace roomkey::test;
using roomkey::access::Role;
using roomkey::access::User;
using roomkey::base::Code;

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
  expect(!can_join({&no_twilio}) && !can_join({&no_twilio, &no_stream}),
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
