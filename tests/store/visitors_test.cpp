#include "roomkey/store/visitors.hpp"

#include "roomkey/store/evictions.hpp"
#include "roomkey/store/rooms.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::access::Admission;

struct DoorStore : QuickStore {
  Sign sign(std::chrono::sys_seconds now, std::string_view who = "2") {
    const Sign sign = sign_of(find_visitor(database, 47, who), now);
    Transaction transaction(database);
    note_sign(transaction, database, 47, who, sign, now);
    transaction.commit();
    return sign;
  }
  bool decide(Admission admission, std::string_view who = "2") {
    Transaction transaction(database);
    const bool is_new = decide_visitor(transaction, database, 47, who, admission);
    transaction.commit();
    return is_new;
  }
  std::string line(std::string_view who = "2") {
    const auto visitor = find_visitor(database, 47, who);
    if (!visitor) return "-";
    const auto after = [](const auto& time) {
      return time ? std::to_string((*time - kNine).count()) : std::string("-");
    };
    return std::string(word(visitor->admission)) + ' ' + after(visitor->waiting_since) + ' ' +
           after(visitor->last_seen);
  }
};

STORE_TEST(a_sign_of_life_is_written_every_five_seconds_at_most) {
  DoorStore store;
  same("-", store.line());
  same(true, store.sign(kNine) == Sign::began_to_wait);
  same("waiting 0 0", store.line());
  same(true, store.sign(kNine + 4s) == Sign::nothing);
  same("waiting 0 0", store.line());
  same(true, store.sign(kNine + 5s) == Sign::still_there);
  same("waiting 0 5", store.line());
  same(true, store.sign(kNine + 125s) == Sign::still_there);
  same("waiting 0 125", store.line());
  same(true, store.sign(kNine + 300s) == Sign::began_to_wait);
  same("waiting 300 300", store.line());
}

STORE_TEST(who_was_let_in_or_denied_stays_so_whatever_comes_late) {
  DoorStore store;
  store.sign(kNine);
  same(true, store.decide(Admission::admitted));
  same(false, store.decide(Admission::admitted));
  same("admitted 0 0", store.line());
  Transaction transaction(store.database);
  note_sign(transaction, store.database, 47, "2", Sign::began_to_wait, kNine + 60s);
  note_sign(transaction, store.database, 47, "2", Sign::still_there, kNine + 60s);
  transaction.commit();
  same("admitted 0 0", store.line());
  note_entry(store.database, 47, "2", kNine + 70s);
  same("admitted 0 70", store.line());
  same(true, store.decide(Admission::denied));
  note_entry(store.database, 47, "2", kNine + 80s);
  same("denied 0 70", store.line());
}

STORE_TEST(who_never_came_can_be_let_in_before) {
  DoorStore store;
  same(true, store.decide(Admission::admitted));
  same("admitted - -", store.line());
  note_entry(store.database, 47, "19", kNine);
  same("admitted - 0", store.line("19"));
}

STORE_TEST(a_denial_puts_out_whoever_may_be_in_and_only_once) {
  using roomkey::access::WaitingRoom;
  DoorStore store;
  const auto deny = [&](WaitingRoom mode) {
    Transaction transaction(store.database);
    const auto denial = deny_visitor(transaction, store.database, 47, "2", mode);
    transaction.commit();
    return std::string(denial.is_new ? "new" : "old") + (denial.leaves ? ", leaves" : "");
  };
  store.sign(kNine);
  same("new", deny(WaitingRoom::admit), "who still waits is in no room");
  same("old", deny(WaitingRoom::off));
  store.decide(Admission::admitted);
  same("new, leaves", deny(WaitingRoom::psychologist_first));
  same("old", deny(WaitingRoom::admit));
  same("denied 0 0", store.line());
  store.decide(Admission::waiting);
  same("new, leaves", deny(WaitingRoom::off), "nobody waits");
}

STORE_TEST(visitors_come_in_their_order) {
  DoorStore store;
  store.decide(Admission::admitted, "19");
  store.sign(kNine + 9s, "2");
  store.sign(kNine + 3s, "guest-1");
  std::string order;
  for (const auto& one : visitors_of(store.database, 47)) order += one.who + ' ';
  same("guest-1 2 19 ", order);
}

STORE_TEST(a_new_room_forgets_who_was_let_in_and_no_denial) {
  DoorStore store;
  store.decide(Admission::admitted, "2");
  store.decide(Admission::denied, "3");
  store.sign(kNine, "guest-1");
  Transaction transaction(store.database);
  renew_room(transaction, store.database, 47, kNine);
  transaction.commit();
  same("-", store.line("2"));
  same("denied - -", store.line("3"));
  same("waiting 0 0", store.line("guest-1"));
}

STORE_TEST(a_room_s_standing_tells_of_the_denied) {
  DoorStore store;
  store.decide(Admission::denied, "2");
  store.decide(Admission::admitted, "19");
  const auto standing = standing_of(store.database, std::string(kRoom));
  same(1, standing.denied.size());
  same("2", standing.denied.front());
  same("denied", word(roomkey::access::unwelcome(standing, "2-jane.doe@example.com").value()));
  same(false, roomkey::access::unwelcome(standing, "19-dr.sarah@example.com").has_value());
}

}  // namespace
