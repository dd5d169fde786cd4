#include "roomkey/store/evictions.hpp"

#include "roomkey/store/rooms.hpp"
#include "support/room.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace evictions_test {

using namespace roomkey::store;
using namespace roomkey::test;

void put(Database& database, const Eviction& eviction) {
  Transaction transaction(database);
  put_eviction(transaction, database, eviction);
  transaction.commit();
}

template <typename Change>
void change(Database& database, Change how) {
  Transaction transaction(database);
  auto appointment = find_appointment(database, 47).value();
  how(appointment);
  put_appointment(transaction, database, appointment);
  transaction.commit();
}

void put(Database& database, const roomkey::access::User& user) {
  Transaction transaction(database);
  put_user(transaction, database, user);
  transaction.commit();
}

Eviction of(std::string room, std::string identity, std::string provider = "twilio") {
  return {std::move(room), std::move(identity), std::move(provider), 47, kNine};
}

// What is due then, each taken: "room/identity ...".
std::string taken(Database& database, std::chrono::sys_seconds now) {
  std::string text;
  while (const auto one = take_eviction(database, now)) {
    text += (text.empty() ? "" : " ") + one->room + '/' + one->identity;
  }
  return text;
}

STORE_TEST(who_takes_one_has_it_for_himself_until_the_lease_is_over) {
  SharedStore store;
  put(store.database, of("r", "2-x"));
  Database other(store.settings());
  other.ready();
  expect(!take_eviction(store.database, kNine - 1s), "not due");
  const auto mine = take_eviction(store.database, kNine);
  expect(mine && !take_eviction(other, kNine));
  expect(take_eviction(other, kNine + kEvictionLease).has_value(), "whoever had it may have died");
  finish_eviction(store.database, *mine);
  same(1, count_evictions(store.database), "which is another's by now");
}

STORE_TEST(what_is_done_is_forgotten) {
  QuickStore store;
  put(store.database, of("r", "2-x"));
  finish_eviction(store.database, take_eviction(store.database, kNine).value());
  same(0, count_evictions(store.database));
}

STORE_TEST(people_come_before_rooms_and_what_failed_least_first) {
  QuickStore store;
  auto& database = store.database;
  put(database, of("a", ""));
  put(database, of("z", "2-x"));
  put(database, of("z", "2-y"));
  same("z/2-x z/2-y a/", taken(database, kNine));
  const auto failed = take_eviction(database, kNine + 20s).value();
  same("2-x", failed.identity);
  postpone_eviction(database, failed, kNine + 20s);
  same("z/2-y z/2-x a/", taken(database, kNine + 60s));
}

STORE_TEST(a_provider_that_is_away_is_asked_ever_more_seldom) {
  QuickStore store;
  auto& database = store.database;
  put(database, of("r", "2-x"));
  auto now = kNine;
  std::string pauses;
  for (int i = 0; i < 8; ++i) {
    postpone_eviction(database, take_eviction(database, now).value(), now);
    const auto failed_at = now;
    while (!taken(database, now).starts_with("r/")) now += 1s;
    pauses += show((now - failed_at).count()) + ' ';
    now += kEvictionLease;
  }
  same("1 2 4 8 16 32 32 32 ", pauses);
}

STORE_TEST(one_failure_holds_back_all_of_that_provider_and_nobody_else) {
  QuickStore store;
  auto& database = store.database;
  put(database, of("a", "2-x"));
  put(database, of("b", "2-x"));
  put(database, of("c", "2-x", "another"));
  postpone_eviction(database, take_eviction(database, kNine).value(), kNine);
  same("c/2-x", taken(database, kNine));
  same("b/2-x a/2-x", taken(database, kNine + 1s));
}

STORE_TEST(the_room_of_an_appointment_that_closes_is_to_end) {
  QuickStore store;
  auto& database = store.database;
  change(database, [](auto& one) { one.duration = 30min; });
  same(0, count_evictions(database));
  change(database, [](auto& one) { one.status = roomkey::access::Status::cancelled; });
  change(database, [](auto& one) { one.status = roomkey::access::Status::completed; });
  same(1, count_evictions(database));
  const auto due = take_eviction(database, kNine).value();
  same(std::string(kRoom) + '/', due.room + '/' + due.identity);
  same(47, due.appointment_id);
}

STORE_TEST(a_room_that_was_given_up_is_to_end_and_is_nobody_s) {
  QuickStore store;
  auto& database = store.database;
  const std::string room(kRoom);
  expect(!former_owner(database, room) && standing_of(database, room).appointment);
  change(database, [](auto& one) { one.room->name = "another"; });
  same(room + '/', taken(database, kNine));
  same(47, former_owner(database, room).value());
  expect(!standing_of(database, room).appointment);
  same(47, standing_of(database, "another").appointment.value().id);
}

STORE_TEST(where_old_tokens_open_the_room_it_ends_and_its_appointment_has_another) {
  QuickStore store;
  auto& database = store.database;
  const std::string room(kRoom);
  const auto begin = [&](bool renames) {
    Transaction transaction(database);
    const auto begun = begin_eviction(transaction, database, of(room, "2-x"), renames, kNine);
    transaction.commit();
    return begun.room + '/' + begun.identity;
  };
  same(room + "/2-x", begin(false));
  same(47, standing_of(database, room).appointment.value().id);
  same(room + '/', begin(true));
  same(47, former_owner(database, room).value());
  same(room + "/2-x " + room + '/', taken(database, kNine));
}

STORE_TEST(who_becomes_inactive_is_to_leave_the_rooms_that_were_told_of) {
  QuickStore store;
  auto& database = store.database;
  auto user = jane();
  user.active = false;
  put(database, user);
  same(0, count_evictions(database), "of this one nobody told");
  same("[2]", show(standing_of(database, std::string(kRoom)).inactive));
  user.active = true;
  put(database, user);
  same("[]", show(standing_of(database, std::string(kRoom)).inactive));
  Transaction transaction(database);
  roomkey::access::RoomSession session;
  session.sid = sid("RM", '1');
  put_room_answer(transaction, database, 47, session);
  transaction.commit();
  user.active = false;
  put(database, user);
  put(database, user);
  same(std::string(kRoom) + '/' + kJane, taken(database, kNine));
}

}  // namespace evictions_test
