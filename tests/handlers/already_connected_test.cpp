// A token for somebody who is in the room already.
#include "handlers/desk.hpp"
#include "handlers/live.hpp"
#include "roomkey/store/rooms.hpp"
#include "support/room.hpp"

namespace already_connected_test {

using namespace roomkey;
using namespace roomkey::test;

struct Told : Desk {
  std::string sid = test::sid("RM", '1');

  void tell(std::size_t events) {
    const auto all = whole_session();
    store::Transaction transaction(store.database);
    for (std::size_t i = 0; i < events; ++i) {
      store::put_room_event(transaction, store.database, 47, sid, all[i].sequence, all[i]);
    }
    transaction.commit();
  }
  void answered(std::vector<access::Participant> people, std::chrono::seconds ago) {
    store::Transaction transaction(store.database);
    store::put_room_answer(
        transaction, store.database, 47,
        {sid, access::SessionStatus::in_progress, kNine - 1h, {}, std::move(people), kNine - ago});
    transaction.commit();
  }
  bool already(handlers::Issue issue = handlers::Issue::first) {
    const auto body = body_of(token(issue));
    const bool said = body.isMember("already_connected");
    expect(!said || body["already_connected"] == true);
    return said;
  }
};

TEST(who_is_in_the_room_by_the_provider_s_events_hears_so) {
  Told desk;
  expect(!desk.already(), "nobody was there yet");
  desk.tell(2);
  expect(desk.already() && desk.already(handlers::Issue::refresh), "Jane came");
  desk.call.authenticated = sarah();
  expect(!desk.already(), "Sarah did not");
  desk.tell(3);
  expect(desk.already());
  desk.call.authenticated = jane();
  desk.tell(4);
  expect(!desk.already(), "Jane left");
  desk.tell(5);
  expect(desk.already(), "and is back");
  desk.tell(8);
  expect(!desk.already(), "the session is over");
}

TEST(what_the_provider_answered_counts_for_15_seconds) {
  Told desk;
  const access::Participant there{sid("PA", 'a'), kJane, kNine - 1h, {}, {}};
  auto left = there;
  left.disconnected_at = kNine - 30s;
  desk.answered({there}, 16s);
  expect(!desk.already());
  desk.answered({there}, 15s);
  expect(desk.already());
  desk.answered({left}, 0s);
  expect(!desk.already());
  desk.answered({left, there}, 0s);
  expect(desk.already(), "once more");
}

TEST(a_room_given_up_tells_of_nobody_in_the_next_one) {
  Told desk;
  desk.tell(3);
  store::Transaction transaction(desk.store.database);
  store::renew_room(transaction, desk.store.database, 47, kNine);
  transaction.commit();
  expect(!desk.already());
}

}  // namespace already_connected_test
