#include "roomkey/handlers/video_call.hpp"

#include "roomkey/base/json.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace video_call_test {

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
namespace stream = roomkey::provider::stream;

const std::string kCall = R"({"callId":"apt-47-1763138954-46eb915c"})";

// The three routes with a caller, a time and a store to call them with.
struct Desk {
  MemoryStore store;
  stream::Tokens stream{stream_settings()};
  Policy policy;
  User caller = jane();
  std::int64_t found = 0;  // the appointment that the last call was found to be about

  template <typename Handler>
  Result<Response> run(Handler&& handler, const std::string& body, std::string_view query = "") {
    roomkey::http::Request request;
    request.query = query;
    request.request_id = "0123";
    Call call{request, kNine, 0, "", caller, body};
    auto result = handler(call);
    found = call.id;
    return result;
  }
  Result<Response> token(const std::string& body = kCall) {
    return run(
        [&](Call& call) {
          return call_token(call, read_wanted_call(body, stream), store.database, policy, stream);
        },
        body);
  }
  Result<Response> config(const std::string& body = kCall) {
    return run(
        [&](Call& call) {
          return video_call(call, read_wanted_call(body, stream), store.database, policy, stream);
        },
        body);
  }
  Result<Response> key(std::string_view query = "callId=apt-47-1763138954-46eb915c") {
    return run([&](Call& call) { return call_key(call, store.database, policy, stream); }, "",
               query);
  }
  // Each route refuses a call to `room` with `code`.
  void all_refuse(Code code, const std::string& room = std::string(kRoom)) {
    refused(code, token(R"({"callId":")" + room + "\"}"), room);
    refused(code, config(R"({"callId":")" + room + "\"}"), room);
    refused(code, key("callId=" + room), room);
    same(0, audit_of(store.database).size(), "serve() writes the event of a refusal");
  }
  // Another appointment of the two.
  void add(std::int64_t id, std::chrono::sys_seconds start, const std::string& room = "") {
    auto made = appointment_47();
    made.id = id;
    made.starts_at = start;
    made.room->name = room.empty() ? "room-" + std::to_string(id) : room;
    roomkey::store::Transaction transaction(store.database);
    roomkey::store::put_appointment(transaction, store.database, made);
    transaction.commit();
  }
  void put_out(std::int64_t user_id) {
    roomkey::store::Transaction transaction(store.database);
    roomkey::store::remove_user(transaction, store.database, 47, user_id, kNine);
    transaction.commit();
  }
  template <typename Change>
  void change(Change how) {
    auto changed = roomkey::store::find_appointment(store.database, 47).value();
    how(changed);
    roomkey::store::Transaction transaction(store.database);
    roomkey::store::put_appointment(transaction, store.database, changed);
    transaction.commit();
  }
};

roomkey::access::Grant grant(std::int64_t appointment, const std::string& room) {
  return {appointment, room, 2, "jane.doe@example.com", 90min};
}

std::string body_of(const Result<Response>& result) {
  const Response response = accepted(result);
  same(200, response.status, response.body);
  return response.body;
}

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
