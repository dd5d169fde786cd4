#include "store/rooms_of.hpp"

#include "roomkey/store/evictions.hpp"
#include "roomkey/store/rooms.hpp"
#include "support/room.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace rooms_of_test {

using namespace roomkey::store;
using namespace roomkey::test;

AuditEvent event() {
  return {.at = kNine, .request_id = "r", .appointment_id = 47, .action = "video_provider"};
}

GivenRoom moved(Database& database, const char* to, std::int64_t id = 47) {
  Transaction transaction(database);
  auto given = move_room(transaction, database, id, to, event());
  transaction.commit();
  return given;
}

STORE_TEST(an_appointment_that_moves_gets_a_room_of_a_new_name_and_the_old_one_ends) {
  QuickStore store;
  auto& database = store.database;
  const auto given = moved(database, "stream");
  expect(given.made);
  same("stream", given.room.provider);
  expect(given.room.name.starts_with("apt-47-1763283600-"), given.room.name);
  const auto appointment = find_appointment(database, 47).value();
  same(given.room.name, appointment.room->name);
  same("stream", appointment.room->provider);
  expect(!find_appointment_by_room(database, kRoom));
  same(std::optional<std::int64_t>(47), former_owner(database, std::string(kRoom)));
  const auto eviction = take_eviction(database, kNine).value();
  same(std::string(kRoom), eviction.room);
  same("", eviction.identity, "everybody");
  same("twilio", eviction.provider, "where they are");
}

STORE_TEST(a_move_is_one_event_that_says_from_where_to_where) {
  QuickStore store;
  const auto given = moved(store.database, "stream");
  const auto events = audit_of(store.database);
  same(1, events.size());
  same(R"({"from":"twilio","to":"stream","video_room_id":")" + given.room.name + "\"}",
       events[0].reason.value());
}

STORE_TEST(a_move_to_where_the_room_is_changes_nothing) {
  QuickStore store;
  const auto given = moved(store.database, "twilio");
  expect(!given.made);
  same(kRoom, given.room.name);
  same(0, audit_of(store.database).size());
  same(0, count_evictions(store.database));
}

STORE_TEST(who_has_no_room_gets_one_where_it_is_moved_to) {
  QuickStore store;
  auto& database = store.database;
  {
    Transaction transaction(database);
    give_up_room(database, 47);
    transaction.commit();
  }
  same("stream", moved(database, "stream").room.provider);
  expect(contains(audit_of(database)[0].reason.value(), R"({"from":null,"to":"stream")"));
}

STORE_TEST(what_happened_in_the_old_room_is_not_told_of_the_new_one) {
  QuickStore store;
  auto& database = store.database;
  {
    Transaction transaction(database);
    put_room_event(transaction, database, 47, sid("RM", '1'), 0,
                   room_event(0, roomkey::access::RoomEventKind::room_created, 0s));
    transaction.commit();
  }
  expect(latest_room_session(database, 47).has_value());
  moved(database, "stream");
  expect(!latest_room_session(database, 47));
}

STORE_TEST(open_rooms_are_counted_by_provider_and_found_where_they_are_to_leave) {
  QuickStore store;
  auto& database = store.database;
  {
    Transaction transaction(database);
    for (const std::int64_t id : {48, 49, 50}) {
      auto one = appointment_47();
      one.id = id;
      one.room = roomkey::access::Room{"r-" + std::to_string(id), kNine, id == 49 ? "janus" : ""};
      if (id == 50) one.status = roomkey::access::Status::completed;
      put_appointment(transaction, database, one);
    }
    transaction.commit();
  }
  const auto counts = count_open_rooms(database);
  same("[janus 1 | twilio 2]",
       show(std::vector<std::string>{"janus " + std::to_string(counts.at("janus")),
                                     "twilio " + std::to_string(counts.at("twilio"))}));
  same(2, counts.size());
  same("[47 | 48 | 49]", show(open_rooms_elsewhere(database, "stream", "", 10)));
  same("[47 | 48]", show(open_rooms_elsewhere(database, "stream", "", 2)));
  same("[49]", show(open_rooms_elsewhere(database, "stream", "janus", 10)));
  same("[49]", show(open_rooms_elsewhere(database, "twilio", "", 10)));
  same("[]", show(open_rooms_elsewhere(database, "twilio", "twilio", 10)));
}

STORE_TEST(a_room_that_keeps_its_name_keeps_its_provider) {
  QuickStore store;
  auto appointment = appointment_47();
  appointment.room->provider = "stream";
  const auto faults = conflicts(store.database, appointment);
  same(1, faults.size());
  same("video_provider", faults[0].field);
  appointment.room->provider = "twilio";
  same(0, conflicts(store.database, appointment).size());
  appointment.room = roomkey::access::Room{"another", kNine, "stream"};
  same(0, conflicts(store.database, appointment).size());
}

}  // namespace rooms_of_test
