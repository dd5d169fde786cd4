// The three routes of an SDK's calls, with a caller, a time and a store to call them with.
#pragma once

#include "roomkey/base/json.hpp"
#include "roomkey/handlers/video_call.hpp"
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

inline const std::string kCall = R"({"callId":"apt-47-1763138954-46eb915c"})";

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
    roomkey::store::remove_user(transaction, store.database, 47, {user_id, 19, false}, kNine);
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

inline roomkey::access::Grant grant(std::int64_t appointment, const std::string& room) {
  return {appointment, room, 2, "jane.doe@example.com", 90min};
}

inline std::string body_of(const Result<Response>& result) {
  const Response response = accepted(result);
  same(200, response.status, response.body);
  return response.body;
}

}  // namespace video_call_test
