// The routes that put people out, and Twilio's callbacks, with a Twilio that can be asked.
#pragma once

#include <map>

#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/handlers/events.hpp"
#include "roomkey/handlers/evictions.hpp"
#include "roomkey/handlers/removal.hpp"
#include "roomkey/store/evictions.hpp"
#include "roomkey/store/rooms.hpp"
#include "support/captured_log.hpp"
#include "support/provider.hpp"
#include "support/room.hpp"
#include "support/stand_in.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace roomkey::test::removal {

using namespace roomkey::handlers;
using roomkey::access::Role;
using roomkey::base::Code;
using roomkey::base::Result;
using roomkey::http::Call;
using roomkey::http::Response;

struct RemovalDesk {
  MemoryStore store;
  StandIn& there = stand_in();
  TestTwilio twilio;
  Providers providers{{&twilio}};
  roomkey::http::Request request;
  Call call{request, kNine, 47, kJane, sarah()};

  explicit RemovalDesk(access::Identities identities = {}) : store(std::move(identities)) {
    twilio.asked_at(there.settings());
    roomkey::store::Transaction transaction(store.database);
    put_user(transaction, store.database, someone(Role::admin));
    transaction.commit();
  }

  Result<Response> remove() { return remove_participant(call, store.database, providers); }
  Result<Response> readmit() { return readmit_participant(call, store.database, providers); }
  bool jane_may_join() {
    auto appointment = roomkey::store::find_appointment(store.database, 47).value();
    appointment.door.emplace();
    return roomkey::access::decide(appointment, jane(), kNine, {}).has_value();
  }
  std::string at_provider() {
    return roomkey::base::parse_json_object(accepted(remove()).body)
        .value()["at_provider"]
        .asString();
  }
  void carry_on(std::chrono::seconds later) {
    roomkey::handlers::carry_on(store.database, providers, kNine + later);
  }
  void jane_comes() {
    accepted(twilio.own_rooms->make(std::string(kRoom), kNine));
    there.control(R"({"join":{"room":"apt-47-1763138954-46eb915c","identity":")" +
                  std::string(kJane) + "\"}}");
  }
  std::string jane_s_status() { return there.seen()["participants"][0]["status"].asString(); }
  template <typename Change>
  void change(Change how) {
    auto changed = roomkey::store::find_appointment(store.database, 47).value();
    how(changed);
    roomkey::store::Transaction transaction(store.database);
    put_appointment(transaction, store.database, changed);
    transaction.commit();
  }
  std::string events() {
    std::string text;
    for (const auto& event : audit_of(store.database)) {
      text += event.action + ' ' + std::string(word(event.outcome)) + ' ' +
              event.reason.value_or("-") + "; ";
    }
    return text;
  }
};

// What Twilio tells, sent as it would be.
struct Told : RemovalDesk {
  const std::string url = "https://clinic.example/told";
  Json::Value participant;

  Told() {
    twilio.own_events = std::make_unique<roomkey::provider::twilio::Events>(
        roomkey::provider::twilio::CallbackSettings{url, roomkey::crypto::Secret("token")});
    accepted(twilio.own_rooms->make(std::string(kRoom), kNine));
    participant = there.control(R"({"join":{"room":"apt-47-1763138954-46eb915c","identity":")" +
                                std::string(kJane) + "\"}}")["participant"];
    accepted(tell("room-created", 0));
  }
  Result<Response> tell(const std::string& event, int sequence) {
    const std::string who = event.starts_with("participant") ? kJane : "";
    const std::string sid = who.empty() ? "" : participant["sid"].asString();
    const std::map<std::string, std::string> fields{
        {"ParticipantIdentity", who},
        {"ParticipantSid", sid},
        {"RoomName", std::string(kRoom)},
        {"RoomSid", participant["room_sid"].asString()},
        {"SequenceNumber", std::to_string(sequence)},
        {"StatusCallbackEvent", event},
        {"Timestamp", "2025-11-16T09:00:0" + std::to_string(sequence) + "Z"}};
    std::string body, text = url;
    for (const auto& [name, value] : fields) {
      body += (body.empty() ? "" : "&") + name + '=' + value;
      text += name + value;
    }
    const auto signature = roomkey::crypto::base64(roomkey::crypto::hmac_sha1("token", text));
    roomkey::http::Request from_twilio;
    from_twilio.content_type = "application/x-www-form-urlencoded";
    from_twilio.header = [&](const char*) { return std::string_view(signature); };
    Call taken{from_twilio, kNine, 0, "", {}, body};
    return provider_event(taken, store.database, twilio, AtRoomEnd::leave);
  }
  // Without asking Twilio, as though the removal had been before she came.
  void remove_jane() {
    roomkey::store::Transaction transaction(store.database);
    roomkey::store::remove_user(transaction, store.database, 47, {2, 19, false}, kNine);
    transaction.commit();
  }
  std::string status() { return there.seen()["participants"][0]["status"].asString(); }
};

}  // namespace roomkey::test::removal
