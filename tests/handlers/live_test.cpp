#include "handlers/live.hpp"

#include <thread>

#include "roomkey/store/rooms.hpp"
#include "support/captured_log.hpp"
#include "support/provider.hpp"
#include "support/room.hpp"
#include "support/stand_in.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace live_test {

using namespace roomkey::handlers;
using namespace roomkey::test;
using roomkey::provider::twilio::Rooms;
using Habits = Rooms::Habits;

const std::string kJoin = R"({"join":{"room":"apt-47-1763138954-46eb915c","identity":")";

// Appointment 47's room with a Twilio that can be asked.
struct Desk {
  MemoryStore store;
  StandIn& there = stand_in();
  std::unique_ptr<Rooms> rooms = std::make_unique<Rooms>(there.settings(), Habits{});
  // The stand-in has its own clock, so this one goes with it.
  std::chrono::sys_seconds now =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());

  void ask(Habits habits) { rooms = std::make_unique<Rooms>(there.settings(), habits); }
  Known look(std::chrono::seconds later = 0s) {
    return look_at_room(store.database,
                        roomkey::store::find_appointment(store.database, 47).value(), rooms.get(),
                        now + later);
  }
  Known known() { return known_room(store.database, 47, *appointment_47().room); }
  void make(std::chrono::seconds later = 0s) {
    make_room(store.database, 47, *appointment_47().room, rooms.get(), now + later);
  }
  void remove_jane() {
    roomkey::store::Transaction transaction(store.database);
    roomkey::store::remove_user(transaction, store.database, 47, 2, now);
    transaction.commit();
  }
  // A callback about one who came in, as the store keeps it.
  void tell_of(const Json::Value& participant) {
    roomkey::store::Transaction transaction(store.database);
    const std::string room = participant["room_sid"].asString();
    const RoomEvent came{1,
                         RoomEventKind::participant_connected,
                         now,
                         participant["sid"].asString(),
                         participant["identity"].asString(),
                         {}};
    roomkey::store::put_room_event(transaction, store.database, 47, room, 1, came);
    transaction.commit();
  }
  // Another patient, and another room where one is named.
  void give_to_sam(std::optional<roomkey::access::Room> room) {
    roomkey::store::Transaction transaction(store.database);
    put_user(transaction, store.database, {3, "sam@example.com", "Sam"});
    auto other = appointment_47();
    other.patient_id = 3;
    other.room = std::move(room);
    put_appointment(transaction, store.database, other);
    transaction.commit();
  }
  void tell_of_sam() {
    Json::Value sam;
    sam["room_sid"] = sid("RM", '3');
    sam["sid"] = sid("PA", '3');
    sam["identity"] = "3-sam@example.com";
    tell_of(sam);
  }
  void room_at_twilio() { accepted(rooms->make(std::string(kRoom), now)); }
  std::size_t questions() { return there.seen()["requests"].size(); }
};

std::string people(const Known& known) {
  std::string text;
  for (const auto& one : known.session.value().participants) {
    text += one.identity + ' ' + std::string(one.status()) + "; ";
  }
  return text;
}

TEST(shows_who_is_and_who_was_in_the_room_as_twilio_tells) {
  Desk desk;
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
  Desk desk;
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
  Desk desk;
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
  Desk desk;
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
  Desk desk;
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
  Desk desk;
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

TEST(one_whom_twilio_does_not_put_out_is_tried_again_by_the_next_who_looks) {
  Desk desk;
  desk.room_at_twilio();
  desk.there.control(kJoin + kJane + "\"}}");
  desk.remove_jane();
  const CapturedLog log;
  desk.there.fault("status", R"(,"status":500,"method":"POST")");
  same(std::string(kJane) + " connected; ", people(desk.look()));
  expect(contains(log.text(), "event=removed_user_still_there appointment_id=47"), log.text());
  expect(!contains(log.text(), "jane"), log.text());
  desk.there.control(R"({"fault":null})");
  same(std::string(kJane) + " disconnected; ", people(desk.look(5s)));
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
  Desk desk;
  desk.room_at_twilio();
  desk.there.control(kJoin + kJane + "\"}}");
  const auto before = roomkey::store::find_appointment(desk.store.database, 47).value();
  desk.give_to_sam(std::nullopt);
  const auto known = look_at_room(desk.store.database, before, desk.rooms.get(), desk.now);
  expect(desk.questions() > 0, "Twilio was asked");
  expect(!known.session, "other people must not see who was there");
}

TEST(who_looked_up_a_room_that_was_given_up_meanwhile_sees_nothing_of_the_next_one) {
  Desk desk;
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
  Desk desk;
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
  Desk desk;
  desk.ask({.are_made = true});
  const auto known = desk.look();
  same("in-progress", word(known.session.value().status));
  same(1, desk.there.seen()["rooms"].size());
}

}  // namespace live_test
