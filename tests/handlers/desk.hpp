// The routes about an appointment, its room and its tokens, with all that they need.
#pragma once

#include "roomkey/base/json.hpp"
#include "roomkey/handlers/appointment.hpp"
#include "roomkey/handlers/participants.hpp"
#include "roomkey/handlers/room.hpp"
#include "roomkey/handlers/token.hpp"
#include "support/provider.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace roomkey::test {

using base::Result;
using http::Response;

// The handlers with a caller, a time and a store to call them with.
struct Desk {
  explicit Desk(access::Identities identities = {}) : store(identities) {
    policy.identities = std::move(identities);
  }

  MemoryStore store;
  TestTwilio twilio;  // nobody is asked
  handlers::Providers providers{{&twilio}};
  access::Policy policy;
  http::Request request;
  http::Call call{request, kNine, 47, "", jane()};

  Result<Response> token(handlers::Issue issue = handlers::Issue::first) {
    return handlers::video_token(call, issue, "video_token", store.database, policy, providers);
  }
  Result<Response> room() {
    return handlers::video_room(call, "video_room", store.database, providers,
                                "https://app.example/video-session/{room}");
  }
  Result<Response> view() { return handlers::appointment(call, store.database, policy, providers); }
  Result<Response> status() { return handlers::video_status(call, store.database, providers); }

  template <typename Change>
  void change(Change how) {
    auto changed = store::find_appointment(store.database, 47).value();
    how(changed);
    store::Transaction transaction(store.database);
    store::put_appointment(transaction, store.database, changed);
    transaction.commit();
  }
  void add_appointment_without_room() {
    auto made = appointment_47();
    made.id = call.id = 48;
    made.room.reset();
    store::Transaction transaction(store.database);
    store::put_appointment(transaction, store.database, made);
    transaction.commit();
  }
};

inline Json::Value body_of(const Result<Response>& result, int status = 200) {
  const Response response = accepted(result);
  same(status, response.status, response.body);
  return accepted(base::parse_json_object(response.body), response.body);
}

}  // namespace roomkey::test
