#include "handlers/live.hpp"

#include <thread>

#include "handlers/live_desk.hpp"

namespace live_test {

using namespace roomkey::test;
using namespace roomkey::test::live;

TEST(shows_who_is_and_who_was_in_the_room_as_twilio_tells) {
  LiveDesk desk;
  desk.room_at_twilio();
  desk.there.control(kJoin + kJane + "\"}}");
  desk.there.control(kJoin + kSarah + R"(","status":"reconnecting"}})");
  const auto known = desk.look();
  same("provider", known.source);
  same("in-progress", word(known.session.value().status));
  same(std::string(kJane) + " connected; " + kSarah + " reconnecting; ", people(known));
  same(desk.now, known.session->as_of);
  desk.there.control(R"({"end":"apt-47-1763138954-46eb915c"})");
  const auto over = desk.look(5s);
  same("completed", word(over.session.value().status));
  same(std::string(kJane) + " disconnected; " + kSarah + " disconnected; ", people(over));
  expect(over.session->duration.has_value());
}

TEST(asks_once_in_five_seconds) {
  LiveDesk desk;
  desk.room_at_twilio();
  const auto before = desk.questions();
  static_cast<void>(desk.look());
  const auto asked = desk.questions();
  expect(asked > before);
  static_cast<void>(desk.look(4s));
  same(asked, desk.questions());
  static_cast<void>(desk.look(5s));
  expect(desk.questions() > asked);
}

TEST(does_not_ask_where_callbacks_tell_or_nobody_can_be_asked) {
  LiveDesk desk;
  desk.room_at_twilio();
  const auto before = desk.questions();
  desk.ask({.are_told_of = true});
  {
    roomkey::store::Transaction transaction(desk.store.database);
    const RoomEvent created{0, RoomEventKind::room_created, desk.now - 100s, "", "", {}};
    roomkey::store::put_room_event(transaction, desk.store.database, 47, sid("RM", '1'), 0,
                                   created);
    transaction.commit();
  }
  same("callback", desk.look(-85s).source);
  same(before, desk.questions());
  same("provider", desk.look(-84s).source, "what is older than 15 s is looked after");
  desk.rooms.reset();
  const auto asked = desk.questions();
  static_cast<void>(desk.look(60s));
  same(asked, desk.questions());
}

TEST(where_twilio_is_away_what_was_known_stands) {
  LiveDesk desk;
  expect(!desk.look().session, "no such room");
  desk.room_at_twilio();
  desk.there.control(kJoin + kJane + "\"}}");
  const auto known = desk.look(5s);
  for (const auto* const mode : {"close", "away"}) {
    desk.there.fault(mode);
    desk.now += 10s;
    const auto later = desk.look();
    same(people(known), people(later), mode);
    same(known.session->as_of, later.session->as_of, mode);
  }
  desk.there.control(R"({"fault":null})");
}

TEST(who_was_removed_and_came_back_is_put_out_by_the_next_who_looks) {
  LiveDesk desk;
  desk.room_at_twilio();
  desk.there.control(kJoin + kJane + "\"}}");
  desk.there.control(kJoin + kSarah + "\"}}");
  same(std::string(kJane) + " connected; " + kSarah + " connected; ", people(desk.look()));
  desk.remove_jane();
  const auto after = desk.look(5s);
  same(std::string(kJane) + " disconnected; " + kSarah + " connected; ", people(after));
  same("disconnected", desk.there.seen()["participants"][0]["status"].asString());
  same(people(after), people(desk.known()), "and is remembered as gone");
}

TEST(one_who_was_removed_is_looked_after_though_callbacks_tell) {
  LiveDesk desk;
  desk.room_at_twilio();
  const auto joined = desk.there.control(kJoin + kJane + "\"}}");
  desk.ask({.are_told_of = true});
  desk.tell_of(joined["participant"]);
  const auto before = desk.questions();
  same("callback", desk.look().source);
  same(before, desk.questions());
  desk.remove_jane();
  same("provider", desk.look(2s).source);
  same("disconnected", desk.there.seen()["participants"][0]["status"].asString());
}

TEST(one_whom_twilio_does_not_put_out_is_tried_again) {
  LiveDesk desk;
  desk.room_at_twilio();
  desk.there.control(kJoin + kJane + "\"}}");
  desk.remove_jane();
  const CapturedLog log;
  desk.there.fault("status", R"(,"status":500,"method":"POST")");
  same(std::string(kJane) + " connected; ", people(desk.look()));
  expect(contains(log.text(), "event=eviction_failed appointment_id=47 why=removed"), log.text());
  expect(!contains(log.text(), "jane"), log.text());
  desk.there.control(R"({"fault":null})");
  same(1, roomkey::store::count_evictions(desk.store.database));
  same(std::string(kJane) + " disconnected; ", people(desk.look(5s)));
  same(0, roomkey::store::count_evictions(desk.store.database));
}

TEST(who_has_no_part_in_the_appointment_or_is_inactive_is_put_out_by_the_next_who_looks) {
  LiveDesk desk;
  desk.room_at_twilio();
  desk.there.control(kJoin + kSarah + "\"}}");
  desk.there.control(kJoin + "3-sam@example.com\"}}");
  desk.there.control(kJoin + "recorder\"}}");
  same(
      std::string("3-sam@example.com disconnected; ") + kSarah + " connected; recorder connected; ",
      in_order(desk.look()));
  {
    roomkey::store::Transaction transaction(desk.store.database);
    auto user = sarah();
    user.active = false;
    put_user(transaction, desk.store.database, user);
    transaction.commit();
  }
  same(std::string("3-sam@example.com disconnected; ") + kSarah +
           " disconnected; recorder connected; ",
       in_order(desk.look(5s)));
}

TEST(a_room_whose_appointment_is_closed_is_ended_by_the_next_who_looks) {
  LiveDesk desk;
  desk.room_at_twilio();
  desk.there.control(kJoin + kJane + "\"}}");
  static_cast<void>(desk.look());
  {
    roomkey::store::Transaction transaction(desk.store.database);
    auto cancelled = roomkey::store::find_appointment(desk.store.database, 47).value();
    cancelled.status = roomkey::access::Status::cancelled;
    put_appointment(transaction, desk.store.database, cancelled);
    transaction.commit();
  }
  const auto after = desk.look(5s);
  same("completed", word(after.session.value().status));
  same(std::string(kJane) + " disconnected; ", people(after));
  same("completed", desk.there.seen()["rooms"][0]["status"].asString());
  const auto asked = desk.questions();
  static_cast<void>(desk.look(11s));
  same(asked, desk.questions(), "once is enough");
}

TEST(where_the_store_can_not_keep_the_answer_it_is_given_all_the_same) {
  FileStore store;
  StandIn& there = stand_in();
  Rooms rooms(there.settings(), {});
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  accepted(rooms.make(std::string(kRoom), now));
  there.control(kJoin + kJane + "\"}}");
  const CapturedLog log;
  there.fault("slow", R"(,"seconds":0.4,"times":1)");
  Known known;
  std::thread looking([&] { known = look_at_room(store.database, appointment_47(), &rooms, now); });
  Raw other(store.database.path());
  while (other.text("SELECT count(*) FROM room_answers") == "0") std::this_thread::sleep_for(1ms);
  other.run("BEGIN IMMEDIATE");  // between the question and the answer
  looking.join();
  same("provider", known.source);
  same(std::string(kJane) + " connected; ", people(known));
  expect(contains(log.text(), "event=room_answer_lost appointment_id=47"), log.text());
}

TEST(what_is_told_of_a_room_that_was_given_up_meanwhile_is_forgotten) {
  LiveDesk desk;
  desk.room_at_twilio();
  desk.there.control(kJoin + kJane + "\"}}");
  const auto before = roomkey::store::find_appointment(desk.store.database, 47).value();
  desk.give_to_sam(std::nullopt);
  const auto known = look_at_room(desk.store.database, before, desk.rooms.get(), desk.now);
  expect(desk.questions() > 0, "Twilio was asked");
  expect(!known.session, "other people must not see who was there");
}

TEST(who_looked_up_a_room_that_was_given_up_meanwhile_sees_nothing_of_the_next_one) {
  LiveDesk desk;
  desk.room_at_twilio();
  const auto before = roomkey::store::find_appointment(desk.store.database, 47).value();
  desk.give_to_sam(roomkey::access::Room{"another", desk.now});
  desk.tell_of_sam();
  const Known now = known_room(desk.store.database, 47, {"another", desk.now});
  same("3-sam@example.com connected; ", people(now));
  expect(!desk.known().session, "without asking");
  for (const bool makes : {false, true}) {
    desk.ask({.are_made = makes});
    expect(!look_at_room(desk.store.database, before, desk.rooms.get(), desk.now).session);
    desk.now += 10s;
  }
  desk.rooms.reset();
  expect(!look_at_room(desk.store.database, before, desk.rooms.get(), desk.now).session);
}

TEST(has_a_room_made_only_where_it_is_to_and_once) {
  LiveDesk desk;
  desk.make();
  same(0, desk.questions(), "ad-hoc");
  desk.ask({.are_made = true});
  desk.there.fault("close");
  desk.make();
  expect(!desk.known().session);
  desk.there.control(R"({"fault":null})");
  desk.make(4s);
  expect(!desk.known().session, "not so soon again");
  desk.make(5s);
  same("in-progress", word(desk.known().session.value().status));
  const auto asked = desk.questions();
  desk.make(20s);
  same(asked, desk.questions(), "it is there");
}

TEST(a_status_makes_the_room_that_could_not_be_made_before) {
  LiveDesk desk;
  desk.ask({.are_made = true});
  const auto known = desk.look();
  same("in-progress", word(known.session.value().status));
  same(1, desk.there.seen()["rooms"].size());
}

}  // namespace live_test
