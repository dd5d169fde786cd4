// The routes where ROOMKEY_IDENTITY is pseudonym.
#include <algorithm>

#include "handlers/call_desk.hpp"
#include "handlers/desk.hpp"
#include "handlers/removal_desk.hpp"
#include "roomkey/base/text.hpp"

namespace pseudonym_test {

using namespace roomkey::handlers;
using namespace roomkey::test;
using roomkey::access::Identities;
using roomkey::base::Code;
using CallDesk = video_call_test::Desk;
using Removal = roomkey::test::removal::RemovalDesk;

// What has happened in the room, whoever asks.
void tell(roomkey::store::Database& database, const std::vector<RoomEvent>& events) {
  roomkey::store::Transaction transaction(database);
  for (const auto& event : events) {
    roomkey::store::put_room_event(transaction, database, 47, sid("RM", '1'), event.sequence,
                                   event);
  }
  transaction.commit();
}

std::vector<RoomEvent> both_are_there(const char* patient, const char* psychologist) {
  using enum RoomEventKind;
  return {room_event(0, room_created, 0s), person_event(1, participant_connected, 1s, 'a', patient),
          person_event(2, participant_connected, 2s, 'b', psychologist)};
}

std::string people_of(const Json::Value& status) {
  std::string text;
  for (const Json::Value& one : status["participants"]) {
    text += one["identity"].asString() + ' ' + one["user_id"].toStyledString() + ' ' +
            one["role"].asString() + "; ";
  }
  text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
  return text + (status["patient_connected"].asBool() ? "patient " : "") +
         (status["psychologist_connected"].asBool() ? "psychologist" : "");
}

TEST(the_token_s_answer_names_its_holder_by_the_pseudonym_alone) {
  Desk desk{pseudonyms()};
  const auto text = accepted(desk.token()).body;
  same(kHiddenJane, accepted(roomkey::base::parse_json_object(text))["user_identity"].asString());
  for (const std::string one : {"jane", "Jane", "example.com"}) expect(!contains(text, one), text);
  desk.call.authenticated = sarah();
  same(kHiddenSarah, body_of(desk.token(Issue::refresh))["user_identity"].asString());
}

TEST(status_says_who_is_behind_each_name) {
  Desk desk{pseudonyms()};
  tell(desk.store.database, both_are_there(kHiddenJane, kHiddenSarah));
  same(std::string(kHiddenJane) + " 2 patient; " + kHiddenSarah +
           " 19 psychologist; patient psychologist",
       people_of(body_of(desk.status())));
}

TEST(who_came_in_under_another_form_of_name_is_known_as_well) {
  Desk desk{pseudonyms(true)};
  tell(desk.store.database, both_are_there(kHiddenJaneOfBefore, kSarah));
  same(std::string(kHiddenJaneOfBefore) + " 2 patient; " + kSarah +
           " 19 psychologist; patient psychologist",
       people_of(body_of(desk.status())));
}

TEST(a_name_made_with_a_secret_that_is_not_known_is_shown_as_nobody_s) {
  Desk desk{pseudonyms()};
  tell(desk.store.database, both_are_there(kHiddenJaneOfBefore, kHiddenSarah));
  same(std::string(kHiddenJaneOfBefore) + " null ; " + kHiddenSarah +
           " 19 psychologist; psychologist",
       people_of(body_of(desk.status())));
}

TEST(removed_by_pseudonym_by_address_or_by_sid_she_is_out_and_stays_out) {
  for (const std::string& who : {std::string(kHiddenJane), std::string(kJane), sid("PA", 'a')}) {
    Removal desk{pseudonyms()};
    desk.twilio.own_rooms.reset();
    tell(desk.store.database, both_are_there(kHiddenJane, kHiddenSarah));
    desk.call.text = who;
    const auto answer = accepted(roomkey::base::parse_json_object(accepted(desk.remove()).body));
    same(kHiddenJane, answer["identity"].asString(), who);
    same(2, answer["user_id"].asInt(), who);
    expect(!desk.jane_may_join(), who);
    accepted(desk.readmit());
    expect(desk.jane_may_join(), who);
    same("participant_remove changed user 2; participant_readmit changed user 2; ", desk.events());
  }
}

TEST(who_has_no_part_in_it_has_no_pseudonym_there) {
  Removal desk{pseudonyms()};
  desk.twilio.own_rooms.reset();
  tell(desk.store.database, both_are_there(kHiddenJaneOfBefore, kHiddenSarah));
  for (const std::string who : {"p-sffcfcpsguciyed523lmzacaff", kHiddenJaneOfBefore, "p-"}) {
    desk.call.text = who;
    refused(Code::participant_not_found, desk.remove(), who);
  }
}

TEST(at_the_provider_it_is_the_pseudonym_that_is_put_out) {
  Removal desk{pseudonyms()};
  accepted(desk.twilio.own_rooms->make(std::string(kRoom), kNine));
  desk.there.control(R"({"join":{"room":"apt-47-1763138954-46eb915c","identity":")" +
                     std::string(kHiddenJane) + "\"}}");
  desk.call.text = kJane;
  same("removed", desk.at_provider());
  same("disconnected", desk.jane_s_status());
}

TEST(who_becomes_inactive_is_to_leave_each_room_under_its_own_name) {
  MemoryStore store{pseudonyms()};
  tell(store.database, both_are_there(kHiddenJane, kHiddenSarah));
  auto gone = jane();
  gone.active = false;
  roomkey::store::Transaction transaction(store.database);
  roomkey::store::put_user(transaction, store.database, gone);
  transaction.commit();
  same(kHiddenJane, roomkey::store::take_eviction(store.database, kNine).value().identity);
}

TEST(stream_gets_a_pseudonym_for_an_id_and_for_a_name) {
  CallDesk desk;
  desk.policy.identities = pseudonyms();
  const std::string user_id = R"("userId":")" + std::string(kHiddenJane) + '"';
  for (const std::string& text :
       {video_call_test::body_of(desk.token()), video_call_test::body_of(desk.config())}) {
    expect(contains(text, user_id), text);
    for (const std::string one : {"Jane", "jane", "user_2"}) expect(!contains(text, one), text);
  }
  expect(contains(video_call_test::body_of(desk.config()),
                  R"("name":")" + std::string(kHiddenJane) + '"'));
}

TEST(a_caller_may_say_the_pseudonym_that_is_his_in_that_call_and_no_other) {
  CallDesk desk;
  desk.policy.identities = pseudonyms();
  const auto wanted = [](const std::string& user_id, const std::string& rest) {
    return R"({"userId":")" + user_id + '"' + rest + '}';
  };
  const std::string call = ",\"callId\":\"" + std::string(kRoom) + '"';
  for (const std::string own : {"2", "user_2", kJane, kHiddenJane}) {
    for (const std::string& rest : {call, std::string()}) {
      expect(contains(video_call_test::body_of(desk.token(wanted(own, rest))), kHiddenJane), own);
    }
    video_call_test::body_of(desk.config(wanted(own, call)));
  }
  for (const std::string other : {kHiddenSarah, kHiddenJaneOfBefore, "19", "user_19", "p-"}) {
    refused(Code::permission_denied, desk.token(wanted(other, call)), other);
    refused(Code::permission_denied, desk.token(wanted(other, "")), other);
    refused(Code::permission_denied, desk.config(wanted(other, call)), other);
  }
  desk.policy.identities = {};
  refused(Code::permission_denied, desk.token(wanted(kHiddenJane, call)), "by address");
}

// In each call the caller is somebody else.
TEST(without_a_call_the_token_is_for_one_call_alone) {
  CallDesk desk;
  desk.policy.identities = pseudonyms();
  desk.stream = video_call_test::stream::Tokens(
      {"key", roomkey::crypto::Secret("s"), 60min, true});  // and never for none in particular
  desk.add(48, kNine + 5min);
  expect(contains(video_call_test::body_of(desk.token("{}")), kHiddenJane), "the nearest");
  same(1, audit_of(desk.store.database).size());
  const std::string in_48 = "p-sffcfcpsguciyed523lmzacaff";
  const auto text = video_call_test::body_of(desk.token(R"({"userId":")" + in_48 + "\"}"));
  expect(contains(text, in_48), text);
  same(48, audit_of(desk.store.database).back().appointment_id.value());
}

}  // namespace pseudonym_test
