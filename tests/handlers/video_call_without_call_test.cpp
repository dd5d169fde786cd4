// Tokens that are asked for without a call: handlers/video_call.
#include "handlers/call_desk.hpp"
#include "roomkey/handlers/video_call.hpp"

namespace video_call_test {

TEST(a_token_without_a_call_is_for_those_that_can_be_joined_now) {
  Desk desk;
  desk.stream = stream::Tokens({"key", roomkey::crypto::Secret("s"), 7min});
  desk.add(50, kNine + 20min);
  desk.add(49, kNine - 10min);
  desk.add(51, kNine + 5min, "no.call");
  const std::vector<roomkey::access::Grant> grants{grant(47, std::string(kRoom)),
                                                   grant(49, "room-49"), grant(50, "room-50")};
  const auto minted = accepted(desk.stream.mint_for_calls(grants, "interview", kNine));
  same(R"({"token":")" + minted.token +
           R"(","userId":"user_2","expires_in":420,"expires_at":"2025-11-16T09:06:55Z"})",
       body_of(desk.token(R"({"callType":"interview"})")));
  same(0, desk.found);
  std::string appointments;
  for (const auto& event : audit_of(desk.store.database)) {
    appointments += std::to_string(event.appointment_id.value()) + ' ';
    same("stream_token 0123 granted",
         event.action + ' ' + event.request_id + ' ' + std::string(word(event.outcome)));
    same(std::optional(minted.expires_at), event.expires_at);
  }
  same("47 49 50 ", appointments);
}

TEST(the_nearest_twenty_calls_are_bound_and_no_more) {
  Desk desk;
  for (int i = 0; i < 30; ++i) desk.add(100 + i, kNine + std::chrono::minutes{1 + i});
  body_of(desk.token("{}"));
  const auto events = audit_of(desk.store.database);
  same(20, events.size());
  same(std::optional<std::int64_t>(47), events.front().appointment_id);
  same(std::optional<std::int64_t>(118), events.back().appointment_id);
}

TEST(without_anything_to_join_there_is_no_token) {
  Desk desk;
  for (const auto role :
       {Role::patient, Role::psychologist, Role::practice_manager, Role::admin, Role::service}) {
    desk.caller = someone(role);
    refused(Code::no_open_appointment, desk.token("{}"));
  }
  desk.caller = jane();
  desk.policy = {10min, 10min};
  for (const auto start : {kNine + 11min, kNine - 70min, kNine - 24h}) {
    desk.change([&](auto& appointment) { appointment.starts_at = start; });
    refused(Code::no_open_appointment, desk.token("{}"));
  }
  desk.change([](auto& appointment) { appointment.starts_at = kNine + 10min; });
  body_of(desk.token("{}"));
  desk.put_out(2);
  refused(Code::no_open_appointment, desk.token("{}"));
  same(1, audit_of(desk.store.database).size());
}

TEST(where_the_clinic_wants_it_a_token_is_for_no_call_in_particular) {
  Desk desk;
  desk.stream = stream::Tokens({"key", roomkey::crypto::Secret("s"), 7min, true});
  for (const auto role : {Role::patient, Role::psychologist, Role::practice_manager, Role::admin}) {
    desk.caller = someone(role);
    const auto minted = accepted(desk.stream.mint_for_user(5, kNine));
    expect(contains(body_of(desk.token("{}")), minted.token));
  }
  const auto events = audit_of(desk.store.database);
  same(4, events.size());
  expect(!events[0].appointment_id);
  desk.caller = someone(Role::service);
  refused(Code::permission_denied, desk.token("{}"));
  desk.caller = jane();
  const auto bound = accepted(desk.stream.mint(grant(47, std::string(kRoom)), kNine));
  expect(contains(body_of(desk.token()), bound.token), "with a call as ever");
}

}  // namespace video_call_test
