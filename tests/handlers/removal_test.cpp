#include "roomkey/handlers/removal.hpp"

#include <map>

#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/handlers/events.hpp"
#include "roomkey/store/rooms.hpp"
#include "support/captured_log.hpp"
#include "support/provider.hpp"
#include "support/room.hpp"
#include "support/stand_in.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace removal_test {

using namespace roomkey::handlers;
using namespace roomkey::test;
using roomkey::access::Role;
using roomkey::base::Code;
using roomkey::base::Result;
using roomkey::http::Call;
using roomkey::http::Response;

struct Desk {
  MemoryStore store;
  StandIn& there = stand_in();
  TestTwilio twilio;
  Providers providers{{&twilio}};
  roomkey::http::Request request;
  Call call{request, kNine, 47, kJane, sarah()};

  Desk() { twilio.asked_at(there.settings()); }

  Result<Response> remove() { return remove_participant(call, store.database, providers); }
  Result<Response> readmit() { return readmit_participant(call, store.database, providers); }
  bool jane_may_join() {
    const auto appointment = roomkey::store::find_appointment(store.database, 47).value();
    return roomkey::access::decide(appointment, jane(), kNine, {}).has_value();
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

TEST(who_is_removed_is_put_out_and_stays_out_until_readmitted) {
  Desk desk;
  accepted(desk.twilio.own_rooms->make(std::string(kRoom), kNine));
  desk.there.control(R"({"join":{"room":"apt-47-1763138954-46eb915c","identity":")" +
                     std::string(kJane) + "\"}}");
  same(R"({"message":"Participant removed","appointment_id":47,)"
       R"("identity":"2-jane.doe@example.com","user_id":2})",
       accepted(desk.remove()).body);
  same("disconnected", desk.there.seen()["participants"][0]["status"].asString());
  expect(!desk.jane_may_join());
  accepted(desk.remove());
  same("participant_remove changed user 2; ", desk.events(), "once");
  same(R"({"message":"Participant readmitted","appointment_id":47,)"
       R"("identity":"2-jane.doe@example.com","user_id":2})",
       accepted(desk.readmit()).body);
  expect(desk.jane_may_join());
  accepted(desk.readmit());
  same("participant_remove changed user 2; participant_readmit changed user 2; ", desk.events());
}

// What Twilio tells, sent as it would be.
struct Told : Desk {
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
    roomkey::store::remove_user(transaction, store.database, 47, 2, kNine);
    transaction.commit();
  }
  std::string status() { return there.seen()["participants"][0]["status"].asString(); }
};

TEST(who_comes_back_with_a_token_from_before_is_put_out_again) {
  Told desk;
  desk.remove_jane();
  accepted(desk.tell("participant-connected", 1));
  same("disconnected", desk.status());
}

TEST(who_was_not_removed_or_was_readmitted_stays) {
  Told desk;
  accepted(desk.tell("participant-connected", 1));
  same("connected", desk.status());
  desk.remove_jane();
  accepted(desk.readmit());
  accepted(desk.tell("participant-connected", 1));
  same("connected", desk.status());
}

TEST(what_is_told_late_of_one_who_has_left_asks_nothing_of_twilio) {
  Told desk;
  desk.remove_jane();
  accepted(desk.tell("participant-disconnected", 2));
  const auto before = desk.there.methods();
  accepted(desk.tell("participant-connected", 1));
  same(before, desk.there.methods());
}

TEST(a_callback_is_kept_and_answered_though_twilio_does_not_put_anyone_out) {
  Told desk;
  desk.remove_jane();
  const CapturedLog log;
  desk.there.fault("close", R"(,"method":"POST")");
  accepted(desk.tell("participant-connected", 1));
  expect(contains(log.text(), "event=removed_user_still_there appointment_id=47"), log.text());
  desk.there.control(R"({"fault":null})");
  same(1, roomkey::store::latest_room_session(desk.store.database, 47).value().participants.size());
}

TEST(a_sid_names_its_participant) {
  Desk desk;
  {
    roomkey::store::Transaction transaction(desk.store.database);
    for (const auto& event : whole_session()) {
      roomkey::store::put_room_event(transaction, desk.store.database, 47, sid("RM", '1'),
                                     event.sequence, event);
    }
    transaction.commit();
  }
  const std::string jane_s = sid("PA", 'c');
  desk.call.text = jane_s;
  accepted(desk.remove());
  expect(!desk.jane_may_join(), "who is not there just now is removed too");
}

TEST(a_sid_that_nobody_told_of_yet_is_looked_up_at_twilio) {
  Desk desk;
  accepted(desk.twilio.own_rooms->make(std::string(kRoom), kNine));
  desk.there.control(R"({"join":{"room":"apt-47-1763138954-46eb915c","identity":")" +
                     std::string(kJane) + "\"}}");
  const std::string jane_s = desk.there.seen()["participants"][0]["sid"].asString();
  desk.call.text = jane_s;
  accepted(desk.remove());
  same("disconnected", desk.there.seen()["participants"][0]["status"].asString());
  expect(!desk.jane_may_join());
  accepted(desk.readmit());
  expect(desk.jane_may_join());
}

TEST(only_the_two_of_the_appointment_can_be_removed) {
  Desk desk;
  for (const auto* const who :
       {"", "2", "5-some.one@example.com", "2-other@example.com", "jane.doe@example.com",
        "PA11111111111111111111111111111111", "19-jane.doe@example.com"}) {
    desk.call.text = who;
    refused(Code::participant_not_found, desk.remove(), who);
    refused(Code::participant_not_found, desk.readmit(), who);
  }
  same("[]", show(roomkey::store::find_appointment(desk.store.database, 47).value().removed));
}

TEST(only_psychologist_and_office_remove) {
  Desk desk;
  desk.twilio.own_rooms.reset();
  for (const auto& user :
       {jane(), someone(Role::patient), someone(Role::psychologist), someone(Role::service)}) {
    desk.call.authenticated = user;
    refused(Code::permission_denied, desk.remove());
    refused(Code::permission_denied, desk.readmit());
  }
  for (const auto& user : {sarah(), someone(Role::practice_manager), someone(Role::admin)}) {
    desk.call.authenticated = user;
    accepted(desk.remove());
    expect(!desk.jane_may_join());
    accepted(desk.readmit());
  }
  desk.call.id = 48;
  refused(Code::appointment_not_found, desk.remove());
}

TEST(where_twilio_does_not_answer_nothing_is_done) {
  Desk desk;
  desk.there.fault("close");
  refused(Code::provider_unavailable, desk.remove());
  expect(desk.jane_may_join());
  same("", desk.events());
  desk.there.control(R"({"fault":null})");
}

}  // namespace removal_test
