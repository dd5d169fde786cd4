#include "roomkey/store/rooms.hpp"

#include <algorithm>
#include <random>

#include "support/room.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::access::RoomSession;

const std::string kSid = sid("RM", '1');

bool put(Database& database, const std::string& session, const RoomEvent& event) {
  Transaction transaction(database);
  const bool made = put_room_event(transaction, database, 47, session, event.sequence, event);
  transaction.commit();
  return made;
}

// Everything that a session is.
std::string written(const RoomSession& session) {
  std::string text = session.sid + ' ' + std::string(word(session.status)) + ' ' +
                     show(session.created_at) + ' ' + show(session.as_of) + ' ' +
                     show(session.duration);
  for (const auto& one : session.participants) {
    text += '\n' + one.sid + ' ' + one.identity + ' ' + show(one.connected_at) + ' ' +
            show(one.disconnected_at) + ' ' + show(one.duration);
  }
  return text;
}

std::string state(Database& database) { return written(latest_room_session(database, 47).value()); }

STORE_TEST(a_room_that_nobody_told_of_has_no_session) {
  QuickStore store;
  expect(!latest_room_session(store.database, 47));
  {
    Transaction transaction(store.database);
    put_room_event(transaction, store.database, 47, kSid, 3, std::nullopt);  // a track's
    transaction.commit();
  }
  expect(!latest_room_session(store.database, 47), "a track alone tells nothing");
}

STORE_TEST(an_event_is_kept_once) {
  QuickStore store;
  const auto events = whole_session();
  expect(put(store.database, kSid, events[0]));
  expect(!put(store.database, kSid, events[0]));
  auto other = events[1];
  other.sequence = 0;
  expect(!put(store.database, kSid, other), "a sequence has one event");
  same(0, latest_room_session(store.database, 47).value().participants.size());
}

STORE_TEST(a_thousand_orders_and_repetitions_end_in_one_state) {
  std::mt19937 random{5};
  const auto events = whole_session();
  const std::string wanted = written(roomkey::access::fold(kSid, events));
  QuickStore store;
  for (int round = 0; round < 1000; ++round) {
    auto told = events;
    for (int again = 0; again < 5; ++again) told.push_back(events[random() % events.size()]);
    std::shuffle(told.begin(), told.end(), random);
    const Transaction undone(store.database);
    for (const auto& event : told) put(store.database, kSid, event);
    same(wanted, state(store.database));
  }
}

STORE_TEST(a_straggler_of_an_earlier_session_changes_nothing_of_the_latest) {
  QuickStore store;
  const std::string later = sid("RM", '0');
  auto events = whole_session();
  const auto straggler = events[5];
  for (const auto& event : events) {
    if (event.sequence != straggler.sequence) put(store.database, kSid, event);
  }
  auto created = room_event(0, RoomEventKind::room_created, 2h);
  put(store.database, later, created);
  const std::string before = state(store.database);
  expect(contains(before, later) && contains(before, "in-progress"), before);
  put(store.database, kSid, straggler);
  same(before, state(store.database));
}

}  // namespace
