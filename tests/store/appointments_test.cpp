#include "roomkey/store/appointments.hpp"

#include <atomic>
#include <thread>

#include "roomkey/store/rooms.hpp"
#include "support/room.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::access::Appointment;
using roomkey::access::Room;
using roomkey::access::to_json;

bool put(Database& database, const Appointment& appointment) {
  Transaction transaction(database);
  const bool made = put_appointment(transaction, database, appointment);
  transaction.commit();
  return made;
}

Appointment without_room(std::int64_t id) {
  Appointment appointment = appointment_47();
  appointment.id = id;
  appointment.room.reset();
  return appointment;
}

std::string faults_of(Database& database, const Appointment& appointment) {
  std::string text;
  for (const auto& [field, why] : conflicts(database, appointment))
    text += field + ": " + why + '\n';
  return text;
}

STORE_TEST(finds_an_appointment_with_its_room) {
  QuickStore store;
  const auto found = find_appointment(store.database, 47).value();
  auto wanted = appointment_47();
  wanted.room->provider = "twilio";
  same(to_json(wanted), to_json(found));
  same(appointment_47().room->created_at, found.room.value().created_at);
  expect(!find_appointment(store.database, 48));
}

STORE_TEST(a_nul_in_a_rooms_name_finds_nothing) {
  QuickStore store;
  const std::string name = appointment_47().room->name;
  for (const std::string& wanted : {name + '\0', name + '\0' + 'x', '\0' + name}) {
    expect(!find_appointment_by_room(store.database, wanted));
    expect(!has_room(store.database, 47, wanted));
  }
  expect(has_room(store.database, 47, name));
}

STORE_TEST(makes_an_appointment_and_then_changes_it) {
  QuickStore store;
  Appointment appointment = without_room(48);
  expect(put(store.database, appointment));
  same(to_json(appointment), to_json(find_appointment(store.database, 48).value()));
  appointment.starts_at += 24h;
  appointment.duration = 30min;
  appointment.status = roomkey::access::Status::confirmed;
  appointment.session_type = roomkey::access::SessionType::in_person;
  std::swap(appointment.patient_id, appointment.psychologist_id);
  expect(!put(store.database, appointment));
  same(to_json(appointment), to_json(find_appointment(store.database, 48).value()));
}

STORE_TEST(a_room_stays_unless_another_is_named) {
  QuickStore store;
  put(store.database, without_room(47));
  same(kRoom, find_appointment(store.database, 47)->room.value().name);
  Appointment same_room = appointment_47();
  same_room.room->created_at = kNine;
  put(store.database, same_room);
  same(kNine - 24h, find_appointment(store.database, 47)->room.value().created_at, "its own time");
  Appointment renamed = appointment_47();
  renamed.room = Room{"another", kNine};
  put(store.database, renamed);
  same("another", find_appointment(store.database, 47)->room.value().name);
  same(kNine, find_appointment(store.database, 47)->room.value().created_at);
}

STORE_TEST(a_renamed_room_s_old_name_is_nobody_s_any_more) {
  QuickStore store;
  const auto room_of = [&](std::int64_t id) {
    const auto room = find_appointment(store.database, id).value().room;
    return room ? room->name : "none";
  };
  Appointment renamed = appointment_47();
  renamed.room = Room{"another", kNine};
  put(store.database, renamed);
  expect(!find_appointment_by_room(store.database, kRoom));
  expect(has_room(store.database, 47, "another") && !has_room(store.database, 48, "another"));
  expect(!has_room(store.database, 47, kRoom), "it was");
  Appointment thief = appointment_47();
  thief.id = 48;
  same("video_room_id: was the room of another appointment\n", faults_of(store.database, thief));
  put(store.database, thief);
  same("none", room_of(48), "nor past the conflicts");
  same("", faults_of(store.database, appointment_47()), "its own");
  put(store.database, appointment_47());
  same("another", room_of(47), "and does not come back");
  renamed.room = Room{"third", kNine};
  put(store.database, renamed);
  same("third", room_of(47));
  thief.room = Room{"another", kNine};
  same("video_room_id: was the room of another appointment\n", faults_of(store.database, thief));
}

STORE_TEST(what_happened_in_a_room_does_not_follow_the_appointment_into_another) {
  QuickStore store;
  {
    Transaction transaction(store.database);
    for (const auto& event : whole_session()) {
      put_room_event(transaction, store.database, 47, sid("RM", '1'), event.sequence, event);
    }
    put_room_answer(transaction, store.database, 47, fold(sid("RM", '1'), whole_session()));
    transaction.commit();
  }
  put(store.database, appointment_47());
  expect(latest_room_session(store.database, 47) && room_answer(store.database, 47), "the same");
  Appointment renamed = appointment_47();
  renamed.room = Room{"another", kNine};
  put(store.database, renamed);
  expect(!latest_room_session(store.database, 47) && !room_answer(store.database, 47));
}

STORE_TEST(names_what_keeps_an_appointment_out) {
  QuickStore store;
  same("", faults_of(store.database, appointment_47()));
  Appointment stranger = appointment_47();
  stranger.id = 48;
  stranger.patient_id = 3;
  stranger.psychologist_id = 4;
  same(
      "patient_id: no user 3\npsychologist_id: no user 4\n"
      "video_room_id: is the room of another appointment\n",
      faults_of(store.database, stranger));
  throws<std::logic_error>([&] { put(store.database, stranger); });
  expect(!find_appointment(store.database, 48));
}

STORE_TEST(other_people_get_another_room_whichever_is_named) {
  QuickStore store;
  {
    roomkey::store::Transaction transaction(store.database);
    put_user(transaction, store.database, {3, "sam@example.com", "Sam"});
    transaction.commit();
  }
  Appointment other = appointment_47();
  other.psychologist_id = 3;
  put(store.database, other);
  expect(!find_appointment(store.database, 47).value().room, "the same name is passed over");
  put(store.database, appointment_47());
  expect(!find_appointment(store.database, 47).value().room, "for good");
  Appointment elsewhere = appointment_47();
  elsewhere.id = 48;
  put(store.database, elsewhere);
  expect(!find_appointment(store.database, 48).value().room, "for every appointment");
  other.room->name = "another";
  put(store.database, other);
  same("another", find_appointment(store.database, 47).value().room.value().name);
  const auto given = give_room(store.database, 48, event_at(kNine));
  expect(given.made);
}

STORE_TEST(lists_appointments_by_id) {
  QuickStore store;
  put(store.database, without_room(100));
  put(store.database, without_room(3));
  std::string ids;
  each_appointment(store.database, [&](const auto& one) {
    ids += std::to_string(one.id) + (one.room ? "r " : " ");
  });
  same("3 47r 100 ", ids);
}

// apt-<id>-<unix seconds of kNine>-<8 hex digits>
bool is_name_of(std::int64_t id, const std::string& name) {
  const std::string start = "apt-" + std::to_string(id) + "-1763283600-";
  return name.starts_with(start) && name.size() == start.size() + 8 &&
         name.find_first_not_of("0123456789abcdef", start.size()) == name.npos;
}

STORE_TEST(a_room_is_given_once_together_with_its_event) {
  QuickStore store;
  put(store.database, without_room(48));
  const auto first = give_room(store.database, 48, event_at(kNine));
  expect(first.made);
  expect(is_name_of(48, first.room.name), first.room.name);
  const auto second = give_room(store.database, 48, event_at(kNine + 1s));
  expect(!second.made);
  same(first.room.name, second.room.name);
  same(kNine, second.room.created_at);
  same(first.room.name, find_appointment(store.database, 48)->room.value().name);
  same(1, audit_of(store.database).size(), "the second gave nothing");
}

STORE_TEST(of_many_who_ask_at_once_all_get_one_room) {
  SharedStore store;
  put(store.database, without_room(48));
  std::atomic<int> made = 0;
  std::array<std::string, 4> rooms;
  const auto ask = [&](std::size_t who) {
    Settings patient = store.settings();
    patient.busy_timeout = 10s;
    Database own(patient);
    own.ready();
    const auto given = give_room(own, 48, event_at(kNine));
    made += given.made ? 1 : 0;
    rooms.at(who) = given.room.name;
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t who = 0; who < rooms.size(); ++who) threads.emplace_back(ask, who);
  }
  same(1, made.load());
  for (const auto& room : rooms) same(rooms[0], room);
  same(rooms[0], find_appointment(store.database, 48)->room.value().name);
  same(1, audit_of(store.database).size());
}

STORE_TEST(two_connections_give_one_room) {
  SharedStore store;
  put(store.database, without_room(48));
  Database other(store.settings());
  other.ready();
  expect(!find_appointment(other, 48)->room);
  const auto first = give_room(store.database, 48, event_at(kNine));
  const auto second = give_room(other, 48, event_at(kNine));
  expect(first.made && !second.made);
  same(first.room.name, second.room.name);
}

}  // namespace
