#include "roomkey/handlers/removal.hpp"

#include "handlers/live.hpp"
#include "handlers/removal_desk.hpp"
#include "roomkey/provider/stream/token.hpp"

namespace removal_test {

using namespace roomkey::test;
using namespace roomkey::test::removal;

TEST(who_is_removed_is_put_out_and_stays_out_until_readmitted) {
  RemovalDesk desk;
  accepted(desk.twilio.own_rooms->make(std::string(kRoom), kNine));
  desk.there.control(R"({"join":{"room":"apt-47-1763138954-46eb915c","identity":")" +
                     std::string(kJane) + "\"}}");
  same(R"({"message":"Participant removed","appointment_id":47,)"
       R"("identity":"2-jane.doe@example.com","user_id":2,"at_provider":"removed"})",
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

TEST(a_sid_names_its_participant) {
  RemovalDesk desk;
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
  RemovalDesk desk;
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

TEST(a_sid_is_looked_up_though_the_room_was_looked_at_just_now) {
  RemovalDesk desk;
  accepted(desk.twilio.own_rooms->make(std::string(kRoom), kNine));
  static_cast<void>(look_at_room(desk.store.database,
                                 roomkey::store::find_appointment(desk.store.database, 47).value(),
                                 desk.twilio.rooms(), kNine));
  desk.jane_comes();
  const std::string jane_s = desk.there.seen()["participants"][0]["sid"].asString();
  desk.call.text = jane_s;
  refused(Code::participant_not_found, desk.remove(), "in the same second");
  desk.call.now = kNine + 1s;
  accepted(desk.remove());
  expect(!desk.jane_may_join());
}

TEST(a_sid_that_twilio_does_not_name_is_not_said_to_be_nobody_s) {
  RemovalDesk desk;
  desk.jane_comes();
  const std::string jane_s = desk.there.seen()["participants"][0]["sid"].asString();
  desk.call.text = jane_s;
  for (const auto* const status : {"401", "429", "500"}) {
    desk.there.fault("status", std::string(R"(,"status":)") + status);
    desk.call.now += 1s;
    refused(Code::provider_unavailable, desk.remove(), status);
    desk.call.now += 1s;
    refused(Code::provider_unavailable, desk.readmit(), status);
  }
  desk.there.fault("close");
  desk.call.now += 1s;
  refused(Code::provider_unavailable, desk.remove());
  desk.call.now += 1s;
  desk.there.control(R"({"fault":null})");
  accepted(desk.remove());
  expect(!desk.jane_may_join());
}

TEST(at_stream_the_user_id_there_names_a_person_too) {
  RemovalDesk desk;
  roomkey::provider::stream::Tokens stream(stream_settings());
  desk.providers = Providers({&desk.twilio, &stream});
  desk.call.text = "user_2";
  refused(Code::participant_not_found, desk.remove(), "in a room of Twilio's");
  {
    roomkey::store::Transaction transaction(desk.store.database);
    roomkey::store::move_room(transaction, desk.store.database, 47, "stream",
                              {.at = kNine, .request_id = "r", .action = "video_provider"});
    transaction.commit();
  }
  for (const auto* const who : {"user_2", kJane}) {
    desk.call.text = who;
    expect(contains(accepted(desk.remove()).body, R"("identity":"2-jane.doe@example.com")"), who);
    expect(!desk.jane_may_join(), who);
    accepted(desk.readmit());
  }
  for (const auto* const nobody : {"user_5", "2", "user_02"}) {
    desk.call.text = nobody;
    refused(Code::participant_not_found, desk.remove(), nobody);
  }
}

TEST(only_the_two_of_the_appointment_can_be_removed) {
  RemovalDesk desk;
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
  RemovalDesk desk;
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

TEST(where_twilio_does_not_answer_it_is_remembered_and_done_later) {
  RemovalDesk desk;
  desk.jane_comes();
  desk.there.fault("close");
  same("pending", desk.at_provider());
  expect(!desk.jane_may_join());
  same("participant_remove changed user 2; ", desk.events());
  desk.carry_on(1s);
  same("connected", desk.jane_s_status());
  desk.there.control(R"({"fault":null})");
  desk.carry_on(2s);
  same("connected", desk.jane_s_status(), "not yet: it failed twice");
  desk.carry_on(3s);
  same("disconnected", desk.jane_s_status());
  const auto before = desk.there.methods();
  desk.carry_on(1h);
  same(before, desk.there.methods(), "and that is that");
}

TEST(who_was_readmitted_meanwhile_is_not_put_out) {
  RemovalDesk desk;
  desk.jane_comes();
  desk.there.fault("close");
  same("pending", desk.at_provider());
  accepted(desk.readmit());
  desk.there.control(R"({"fault":null})");
  desk.carry_on(1s);
  same("connected", desk.jane_s_status());
  same(0, roomkey::store::count_evictions(desk.store.database));
}

TEST(what_the_provider_can_not_do_is_said_and_not_tried) {
  RemovalDesk desk;
  desk.twilio.own_rooms.reset();
  expect(contains(accepted(desk.remove()).body, R"("at_provider":null)"));
  expect(!desk.jane_may_join());
  same(0, roomkey::store::count_evictions(desk.store.database));
}

TEST(nobody_readmits_himself_and_what_the_office_did_only_the_office_undoes) {
  RemovalDesk desk;
  const auto by = [&](const roomkey::access::User& user) { desk.call.authenticated = user; };
  by(someone(Role::admin));
  accepted(desk.remove());
  by(sarah());
  accepted(desk.remove());
  refused(Code::permission_denied, desk.readmit());
  expect(!desk.jane_may_join());
  by(someone(Role::practice_manager));
  accepted(desk.readmit());
  desk.call.text = kSarah;
  by(sarah());
  accepted(desk.remove());
  refused(Code::permission_denied, desk.readmit());
  desk.call.text = kJane;
  refused(Code::permission_denied, desk.remove(), "nor has he any right over others");
  auto admin = sarah();
  admin.role = Role::admin;
  by(admin);
  desk.call.text = kSarah;
  refused(Code::permission_denied, desk.readmit());
  by(someone(Role::admin));
  accepted(desk.readmit());
}

}  // namespace removal_test
