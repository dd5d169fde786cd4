#include "roomkey/store/appointments.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace removals_test {

using namespace roomkey::store;
using namespace roomkey::test;

STORE_TEST(who_was_removed_stays_so_until_readmitted) {
  QuickStore store;
  auto& database = store.database;
  const auto removed = [&] { return show(find_appointment(database, 47).value().removed); };
  Transaction transaction(database);
  same("[]", removed());
  expect(remove_user(transaction, database, 47, {2, 19, false}, kNine));
  expect(!remove_user(transaction, database, 47, {2, 19, false}, kNine + 1s), "once is enough");
  expect(remove_user(transaction, database, 47, {19, 19, true}, kNine));
  same("[2 | 19]", removed());
  same("[2 | 19]", show(find_appointment_by_room(database, kRoom).value().removed));
  expect(readmit_user(transaction, database, 47, 2));
  expect(!readmit_user(transaction, database, 47, 2));
  same("[19]", removed());
  put_appointment(transaction, database, appointment_47());
  same("[19]", removed(), "a change of the appointment lets nobody in");
}

STORE_TEST(a_removal_by_the_psychologist_becomes_the_office_s_and_never_the_other_way) {
  QuickStore store;
  auto& database = store.database;
  const auto who = [&] {
    const auto removal = find_removal(database, 47, 2);
    return removal ? show(removal->by) + (removal->by_office ? " office" : "") : "-";
  };
  Transaction transaction(database);
  same("-", who());
  expect(remove_user(transaction, database, 47, {2, 19, false}, kNine));
  same("19", who());
  expect(remove_user(transaction, database, 47, {2, 2, true}, kNine));
  same("2 office", who());
  expect(!remove_user(transaction, database, 47, {2, 19, false}, kNine));
  same("2 office", who());
}

}  // namespace removals_test
