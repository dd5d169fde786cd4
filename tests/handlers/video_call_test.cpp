#include "roomkey/handlers/video_call.hpp"

#include "handlers/call_desk.hpp"

namespace video_call_test {

TEST(a_token_for_the_call_of_an_appointment) {
  Desk desk;
  const auto minted =
      accepted(desk.stream.mint({47, std::string(kRoom), 2, "jane.doe@example.com", 90min}, kNine));
  same(R"({"token":")" + minted.token +
           R"(","userId":"user_2","expires_in":5400,"expires_at":"2025-11-16T10:29:55Z"})",
       body_of(desk.token()));
  same(47, desk.found);
  const auto events = audit_of(desk.store.database);
  same(1, events.size());
  same("stream_token", events[0].action);
  same("granted", word(events[0].outcome));
  same(std::optional<std::int64_t>(47), events[0].appointment_id);
  same(std::optional<std::int64_t>(2), events[0].user_id);
  same(std::optional(minted.expires_at), events[0].expires_at);
}

TEST(the_call_type_goes_into_the_token) {
  Desk desk;
  const auto minted = accepted(desk.stream.mint_for_call(
      {47, std::string(kRoom), 2, "jane.doe@example.com", 90min}, "interview", kNine));
  expect(contains(
      body_of(desk.token(R"({"callId":"apt-47-1763138954-46eb915c","callType":"interview"})")),
      minted.token));
}

TEST(what_a_client_is_made_from) {
  Desk desk;
  same(R"({"success":true,"apiKey":"stream-key","userId":"user_2",)"
       R"("callId":"apt-47-1763138954-46eb915c","callType":"default",)"
       R"("user":{"id":"user_2","name":"Jane Doe","image":null}})",
       body_of(desk.config()));
  same(R"({"success":true,"callId":"apt-47-1763138954-46eb915c","apiKey":"stream-key"})",
       body_of(desk.key()));
  same(47, desk.found);
  same(0, audit_of(desk.store.database).size(), "no token, no event");
}

TEST(the_psychologist_gets_a_token_of_their_own) {
  Desk desk;
  const std::string first = body_of(desk.token());
  desk.caller = sarah();
  const std::string second = body_of(desk.token());
  expect(contains(second, R"("userId":"user_19")") && first != second, second);
}

TEST(nobody_gets_anything_in_another_s_name) {
  Desk desk;
  for (const char* const name : {"user_19", "19", "dr.sarah@example.com", "", "user_2x"}) {
    const std::string user = R"({"userId":")" + std::string(name) + '"';
    refused(Code::permission_denied, desk.token(user + '}'), name);
    refused(Code::permission_denied,
            desk.token(user + ",\"callId\":\"" + std::string(kRoom) + "\"}"));
    refused(Code::permission_denied,
            desk.config(user + ",\"callId\":\"" + std::string(kRoom) + "\"}"));
  }
  same(0, audit_of(desk.store.database).size());
  for (const char* const name : {"2", "user_2", "jane.doe@example.com"}) {
    const std::string user = R"({"userId":")" + std::string(name) + "\"}";
    expect(contains(body_of(desk.token(user)), R"("userId":"user_2")"), name);
  }
}

TEST(the_caller_s_id_may_come_as_a_number) {
  Desk desk;
  expect(contains(body_of(desk.token(R"({"userId":2})")), R"("userId":"user_2")"));
  const std::string call = ",\"callId\":\"" + std::string(kRoom) + "\"}";
  expect(contains(body_of(desk.token(R"({"userId":2)" + call)), R"("userId":"user_2")"));
  expect(contains(body_of(desk.config(R"({"userId":2)" + call)), R"("userId":"user_2")"));
  for (const char* const other : {"19", "20", "9223372036854775807"}) {
    const std::string user = R"({"userId":)" + std::string(other);
    refused(Code::permission_denied, desk.token(user + '}'), other);
    refused(Code::permission_denied, desk.config(user + call), other);
  }
  for (const char* const none : {"2.0", "2.5", "2e0", "-2", "0", "9223372036854775808",
                                 "18446744073709551618", "1e400", "true", "null", "[2]", "{}"}) {
    const std::string user = R"({"userId":)" + std::string(none);
    refused(Code::bad_request, desk.token(user + '}'), none);
    refused(Code::bad_request, desk.config(user + call), none);
  }
  same("userId must be a string, or a user's id as a whole number",
       refused(Code::bad_request, desk.token(R"({"userId":2.5})")));
}

TEST(a_call_of_others_a_call_of_nobody_and_a_call_that_is_over) {
  Desk desk;
  desk.all_refuse(Code::appointment_not_found, "apt-48-1763138954-46eb915c");
  same(0, desk.found);
  for (const auto role :
       {Role::patient, Role::psychologist, Role::practice_manager, Role::admin, Role::service}) {
    desk.caller = someone(role);
    desk.all_refuse(Code::permission_denied);
    same(47, desk.found, "the event shall name it");
  }
  desk.caller = jane();
  for (const auto status : {Status::cancelled, Status::completed, Status::no_show}) {
    desk.change([&](auto& appointment) { appointment.status = status; });
    desk.all_refuse(Code::appointment_closed);
  }
}

TEST(the_join_window_holds_for_calls_too) {
  Desk desk;
  desk.policy.join_early = 10min;
  desk.change([](auto& appointment) { appointment.starts_at = kNine + 11min; });
  desk.all_refuse(Code::too_early);
  desk.change([](auto& appointment) { appointment.starts_at = kNine + 10min; });
  body_of(desk.token());
  body_of(desk.key());
}

TEST(a_body_must_be_the_object_asked_for) {
  Desk desk;
  for (const char* const body :
       {"", "[]", "null", "\"x\"", "{", "{}x", R"({"callId":"a","callId":"b"})",
        R"({"userId":null})", R"({"callId":47})", R"({"callId":null})", R"({"callId":["a"]})",
        R"({"callType":1})", R"({"callType":""})", R"({"callType":"a:b"})", R"({"callId":""})",
        R"({"x":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]})"}) {
    const auto why = refused(Code::bad_request, desk.token(body), body);
    expect(!why.empty() && !contains(why, "47"), why);
    refused(Code::bad_request, desk.config(body), body);
  }
  same("callId must be a string", refused(Code::bad_request, desk.token(R"({"callId":47})")));
  same("Call ID required", refused(Code::bad_request, desk.config("{}")));
  for (const char* const query : {"", "callId=", "_t=1"}) {
    same("Call ID required", refused(Code::bad_request, desk.key(query)), query);
  }
  refused(Code::bad_request, desk.key("callId=a&callId=b"));
  refused(Code::bad_request, desk.token(R"({"userId":"19","callId":""})"));
  body_of(desk.token(R"({"role":"admin","anything":[1]})"));
}

TEST(without_credentials_it_says_so_last) {
  Desk desk;
  desk.stream = stream::Tokens({});
  desk.all_refuse(Code::provider_not_configured);
  refused(Code::provider_not_configured, desk.token("{}"));
  desk.all_refuse(Code::appointment_not_found, "apt-48-1763138954-46eb915c");
  refused(Code::bad_request, desk.config("{}"));
}

TEST(a_room_that_is_no_call_id_gets_no_token) {
  Desk desk;
  desk.change([](auto& appointment) { appointment.room->name = "a.b~c"; });
  desk.all_refuse(Code::token_failed, "a.b~c");
  desk.stream = stream::Tokens({});
  desk.all_refuse(Code::provider_not_configured, "a.b~c");
}

}  // namespace video_call_test
