#include "roomkey/store/ahead.hpp"

#include "roomkey/store/users.hpp"
#include "store/query.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::access::Appointment;
using roomkey::access::Room;
using roomkey::access::to_json;
using roomkey::access::User;

Appointment appointment(std::int64_t id, const std::string& room) {
  Appointment one = appointment_47();
  one.id = id;
  one.room = Room{room, kNine};
  return one;
}

std::string text_of(const std::vector<roomkey::access::FieldFault>& faults) {
  std::string text;
  for (const auto& [field, why] : faults) text += field + ": " + why + '\n';
  return text;
}

Ahead::Wanted wanted_by(const std::vector<Appointment>& all) {
  Ahead::Wanted wanted;
  for (const auto& one : all) {
    wanted.appointments.push_back(one.id);
    wanted.users.insert(wanted.users.end(), {one.patient_id, one.psychologist_id});
    if (one.room) wanted.rooms.push_back(one.room->name);
  }
  return wanted;
}

STORE_TEST(many_are_read_and_put_as_each_alone) {
  constexpr int kFirst = 100;
  QuickStore store;
  std::vector<Appointment> all{appointment_47()};
  for (int i = 0; i < 250; ++i) {
    all.push_back(appointment(kFirst + i, "room-" + std::to_string(i)));
    all.back().patient_id = kFirst + i;
  }
  for (const bool again : {false, true}) {
    Transaction transaction(store.database);
    Ahead ahead(transaction, store.database);
    ahead.read(wanted_by(all));
    for (const auto& one : all) {
      const bool was_there = again || one.id == 47;
      same(was_there, ahead.user(one.patient_id) != nullptr);
      same(was_there, ahead.appointment(one.id) != nullptr);
      if (one.id != 47) {
        same(!again, ahead.put(User{one.patient_id, "x@example.com", "X"}));
      }
      same("", text_of(ahead.conflicts(one)), one.room->name);
      same(!was_there, ahead.put(one));
    }
    transaction.commit();
  }
  for (auto one : all) {
    one.room->provider = "twilio";
    same(to_json(one), to_json(find_appointment(store.database, one.id).value()));
  }
}

STORE_TEST(what_is_put_on_the_way_counts_as_though_it_had_been_there) {
  QuickStore store;
  const auto moved = appointment(47, "another");
  const auto thief = appointment(48, "another");
  const auto late = appointment(49, std::string(kRoom));
  auto stranger = appointment(50, "free");
  stranger.patient_id = 3;
  Transaction transaction(store.database);
  Ahead ahead(transaction, store.database);
  ahead.read(wanted_by({moved, thief, late, stranger}));
  same("video_room_id: is the room of another appointment\n", text_of(ahead.conflicts(late)));
  same("", text_of(ahead.conflicts(thief)));
  ahead.put(moved);
  same("video_room_id: is the room of another appointment\n", text_of(ahead.conflicts(thief)));
  same("video_room_id: was the room of another appointment\n", text_of(ahead.conflicts(late)));
  same("patient_id: no user 3\n", text_of(ahead.conflicts(stranger)));
  ahead.put(User{3, "sam@example.com", "Sam"});
  same("", text_of(ahead.conflicts(stranger)));
  expect(ahead.appointment(47) == nullptr, "it was put");
  ahead.read(wanted_by({moved}));
  same("another", ahead.appointment(47)->room.value().name);
}

STORE_TEST(what_was_made_gets_its_room_and_the_event_of_it) {
  QuickStore store;
  auto fresh = appointment_47();
  fresh.id = 48;
  fresh.room.reset();
  Transaction transaction(store.database);
  Ahead ahead(transaction, store.database);
  expect(ahead.put(fresh));
  ahead.give_room(48, event_at(kNine));
  transaction.commit();
  const auto room = find_appointment(store.database, 48)->room.value();
  expect(room.name.starts_with("apt-48-"), room.name);
  same("twilio", room.provider);
  expect(room.created_at == kNine);
  same(std::size_t{1}, audit_of(store.database).size());
}

STORE_TEST(what_is_as_it_was_is_not_written_again) {
  QuickStore store;
  const auto written_by = [&](const std::function<void(Appointment&, User&)>& change) {
    auto one = appointment_47();
    auto patient = find_user(store.database, one.patient_id).value();
    change(one, patient);
    Transaction transaction(store.database);
    Ahead ahead(transaction, store.database);
    ahead.read(wanted_by({one}));
    const auto before = open_store_of(store.database).written();
    expect(!ahead.put(patient));
    expect(!ahead.put(one));
    ahead.hear();
    return open_store_of(store.database).written() - before;
  };
  same(0, written_by([](Appointment&, User&) {}));
  same(0, written_by([](Appointment& one, User&) { one.room.reset(); }));
  same(1, written_by([](Appointment&, User& user) { user.name = "Another"; }));
  same(1, written_by([](Appointment&, User& user) { user.email = "another@example.com"; }));
  same(1, written_by([](Appointment&, User& user) { user.active = false; }));
  same(1, written_by([](Appointment&, User& user) { user.role = roomkey::access::Role::admin; }));
  same(1, written_by([](Appointment& one, User&) { one.starts_at += 1s; }));
  same(1, written_by([](Appointment& one, User&) { ++one.duration; }));
  same(1, written_by([](Appointment& one, User&) {
         one.session_type = roomkey::access::SessionType::in_person;
       }));
  expect(written_by(
             [](Appointment& one, User&) { one.status = roomkey::access::Status::cancelled; }) > 0);
  expect(written_by([](Appointment& one, User&) { one.room->name = "another"; }) > 0);
}

STORE_TEST(whether_its_room_stays_is_known_before_it_is_put) {
  const auto keeps = [](const std::function<void(Appointment&)>& change) {
    QuickStore store;
    auto one = appointment_47();
    const auto before = one.room;
    change(one);
    Transaction transaction(store.database);
    Ahead ahead(transaction, store.database);
    ahead.read(wanted_by({one}));
    const bool said = ahead.keeps_room(one);
    ahead.put(one);
    const auto after = find_appointment(store.database, one.id).value().room;
    same(said, after && after->name == before->name);
    return said;
  };
  expect(keeps([](Appointment&) {}));
  expect(keeps([](Appointment& one) { one.room.reset(); }));
  expect(keeps([](Appointment& one) { one.status = roomkey::access::Status::cancelled; }));
  expect(!keeps([](Appointment& one) { one.room->name = "another"; }));
  expect(!keeps([](Appointment& one) {
    std::swap(one.patient_id, one.psychologist_id);
    one.room.reset();
  }));
  expect(!keeps([](Appointment& one) {
    one.id = 48;
    one.room.reset();
  }));
}

STORE_TEST(a_room_that_stays_can_not_change_its_provider_when_it_is_read_ahead_either) {
  QuickStore store;
  auto elsewhere = appointment_47();
  elsewhere.room->provider = "stream";
  Transaction transaction(store.database);
  Ahead ahead(transaction, store.database);
  ahead.read(wanted_by({elsewhere}));
  same("video_provider: can't change while the room keeps its name\n",
       text_of(ahead.conflicts(elsewhere)));
}

}  // namespace
