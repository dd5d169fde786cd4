#include "roomkey/handlers/evictions.hpp"

#include "handlers/removal_desk.hpp"

namespace handlers_evictions_test {

using namespace roomkey::test;
using namespace roomkey::test::removal;

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
  expect(contains(log.text(), "event=eviction_failed appointment_id=47 why=removed"), log.text());
  desk.there.control(R"({"fault":null})");
  same(1, roomkey::store::latest_room_session(desk.store.database, 47).value().participants.size());
}

TEST(a_room_that_was_given_up_is_ended_without_anybody_asking) {
  RemovalDesk desk;
  desk.jane_comes();
  desk.change([](auto& one) { one.status = roomkey::access::Status::cancelled; });
  desk.carry_on(0s);
  same("completed", desk.there.seen()["rooms"][0]["status"].asString());
  same("disconnected", desk.jane_s_status());
}

TEST(an_appointment_that_was_opened_again_keeps_its_room) {
  RemovalDesk desk;
  desk.jane_comes();
  desk.change([](auto& one) { one.status = roomkey::access::Status::cancelled; });
  desk.change([](auto& one) { one.status = roomkey::access::Status::confirmed; });
  desk.carry_on(0s);
  same("connected", desk.jane_s_status());
  same(0, roomkey::store::count_evictions(desk.store.database));
}

TEST(who_comes_into_a_room_that_was_given_up_ends_it) {
  Told desk;
  desk.change([](auto& one) { one.room->name = "another"; });
  same(1, roomkey::store::count_evictions(desk.store.database));
  accepted(desk.tell("participant-connected", 1));
  same("disconnected", desk.status());
  same(0, roomkey::store::count_evictions(desk.store.database));
}

TEST(who_comes_into_the_room_of_a_cancelled_appointment_ends_it) {
  Told desk;
  desk.change([](auto& one) { one.status = roomkey::access::Status::cancelled; });
  accepted(desk.tell("participant-connected", 1));
  same("completed", desk.there.seen()["rooms"][0]["status"].asString());
}

TEST(who_became_inactive_and_comes_back_is_put_out) {
  Told desk;
  {
    roomkey::store::Transaction transaction(desk.store.database);
    auto user = jane();
    user.active = false;
    put_user(transaction, desk.store.database, user);
    transaction.commit();
  }
  accepted(desk.tell("participant-connected", 1));
  same("disconnected", desk.status());
}

}  // namespace handlers_evictions_test
