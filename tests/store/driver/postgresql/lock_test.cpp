// A transaction that takes the lock last: it holds nobody up while it reads, and what it read is
// looked at again when it writes.
#include "support/store.hpp"
#include "support/test.hpp"

namespace postgresql_lock_test {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::base::Unavailable;

// Two connections to one store.
struct Two {
  PostgresGround ground;
  Settings settings = ground.shared();
  Database one{settings}, other{settings};
  Two() {
    fill(one);
    one.ready();
    other.ready();
  }
};

Unavailable::Cause cause_of_commit(Transaction& transaction) {
  try {
    transaction.commit();
  } catch (const Unavailable& fault) {
    return fault.cause();
  }
  expect(false, "it was committed");
  return {};
}

void cancel(Database& database) {
  auto appointment = appointment_47();
  appointment.status = roomkey::access::Status::cancelled;
  Transaction transaction(database);
  put_appointment(transaction, database, appointment);
  transaction.commit();
}

// The one decides by what the other changes meanwhile.
void meet_conflict(Two& store) {
  Transaction transaction(store.one, Lock::last);
  expect(find_appointment(store.one, 47).has_value());
  cancel(store.other);
  append_audit(transaction, store.one, event_at(kNine));
  expect(cause_of_commit(transaction) == Unavailable::Cause::conflict);
}

TEST(what_another_changes_meanwhile_is_a_conflict_and_nothing_is_written) {
  Two store;
  meet_conflict(store);
  same(0, verify_audit(store.one).events);
}

TEST(after_a_conflict_it_is_done_under_the_lock) {
  Two store;
  meet_conflict(store);
  Transaction again(store.one, Lock::last);
  throws<Unavailable>([&] { cancel(store.other); });
  append_audit(again, store.one, event_at(kNine));
  again.commit();
  same(1, verify_audit(store.one).events);
}

TEST(a_change_of_ones_own_meets_what_another_changed_as_well) {
  Two store;
  Transaction transaction(store.one, Lock::last);
  expect(find_appointment(store.one, 47).has_value());
  cancel(store.other);
  const auto why = throws<Unavailable>([&] { put_user(transaction, store.one, jane()); });
  expect(contains(why, "changed meanwhile"), why);
}

TEST(a_conflict_that_somebody_passed_over_is_none_to_be_committed) {
  Two store;
  {
    Transaction transaction(store.one, Lock::last);
    expect(find_appointment(store.one, 47).has_value());
    cancel(store.other);
    throws<Unavailable>([&] { put_user(transaction, store.one, jane()); });
    append_audit(transaction, store.one, event_at(kNine));
    throws<Unavailable>([&] { transaction.commit(); });
  }
  same(0, verify_audit(store.one).events);
}

TEST(a_lock_that_is_held_is_no_server_that_is_away) {
  Two store;
  store.settings.busy_timeout = 5s;
  store.settings.answer_within = 600ms;
  Database worker(store.settings);
  worker.ready();
  const Transaction held(store.other);
  Transaction transaction(worker, Lock::last);
  expect(find_appointment(worker, 47).has_value());
  append_audit(transaction, worker, event_at(kNine));
  expect(cause_of_commit(transaction) == Unavailable::Cause::locked);
}

TEST(events_of_others_are_no_conflict_and_the_chain_goes_on) {
  Two store;
  Transaction transaction(store.one, Lock::last);
  expect(find_appointment(store.one, 47).has_value());
  append_audit(store.other, event_at(kNine));
  append_audit(transaction, store.one, event_at(kNine + 1s));
  append_audit(transaction, store.one, event_at(kNine + 2s));
  append_audit(store.other, event_at(kNine));
  transaction.commit();
  const auto verdict = verify_audit(store.one);
  same("", verdict.fault);
  same(4, verdict.events);
}

TEST(who_only_reads_holds_nobody_up_and_who_has_written_does) {
  Two store;
  Transaction transaction(store.one, Lock::last);
  expect(find_appointment(store.one, 47).has_value());
  append_audit(store.other, event_at(kNine));
  put_user(transaction, store.one, jane());
  throws<Unavailable>([&] { append_audit(store.other, event_at(kNine)); });
  transaction.commit();
  append_audit(store.other, event_at(kNine));
  same(2, verify_audit(store.one).events);
}

TEST(whoever_decided_nothing_by_it_commits_without_the_lock) {
  Two store;
  Transaction held(store.other);
  Transaction transaction(store.one, Lock::last);
  expect(find_appointment(store.one, 47).has_value());
  transaction.commit();
}

bool is_scheduled(Database& database) {
  return find_appointment(database, 47).value().status == roomkey::access::Status::scheduled;
}

TEST(what_is_expected_is_asked_with_what_comes_first_and_stands_until_the_lock) {
  Two store;
  Transaction transaction(store.one, Lock::last);
  expect_appointment(store.one, 47);
  expect_user(store.one, 2);
  same(2, find_user(store.one, 2).value().id);
  cancel(store.other);
  expect(is_scheduled(store.one));
  expect(is_scheduled(store.one), "as often as it is asked for");
  append_audit(transaction, store.one, event_at(kNine));
  expect(cause_of_commit(transaction) == Unavailable::Cause::conflict);
}

// While it lives, somebody has the table for himself.
class Closed {
 public:
  Closed(const Two& store, const std::string& table) : raw_(store.settings) {
    raw_.run("BEGIN; LOCK TABLE " + table);
  }

 private:
  RawPostgres raw_;
};

TEST(a_fault_that_the_connection_outlives_is_not_taken_for_nothing_expected) {
  Two store;
  Transaction transaction(store.one, Lock::last);
  same(2, find_user(store.one, 2).value().id);
  expect_user(store.one, 2);
  expect_appointment(store.one, 47);
  {
    const Closed closed(store, "appointments");
    const auto why = throws<Unavailable>([&] { static_cast<void>(find_user(store.one, 2)); });
    expect(contains(why, "locked"), why);
  }
  expect(is_scheduled(store.one));
  same(2, find_user(store.one, 2).value().id);
  append_audit(transaction, store.one, event_at(kNine));
  transaction.commit();
}

TEST(who_never_heard_what_was_before_may_decide_nothing_by_what_he_read) {
  Two store;
  Transaction transaction(store.one, Lock::last);
  {
    const Closed closed(store, "roomkey");
    throws<Unavailable>([&] { static_cast<void>(find_appointment(store.one, 47)); });
  }
  expect(is_scheduled(store.one));
  cancel(store.other);
  append_audit(transaction, store.one, event_at(kNine));
  expect(cause_of_commit(transaction) == Unavailable::Cause::conflict);
}

TEST(as_many_as_are_expected_are_found_each_by_its_own_id) {
  Two store;
  {
    Transaction transaction(store.one);
    for (std::int64_t id = 100; id < 120; ++id) {
      auto appointment = appointment_47();
      appointment.id = id;
      appointment.room.reset();
      appointment.duration = std::chrono::minutes(id);
      put_appointment(transaction, store.one, appointment);
    }
    transaction.commit();
  }
  const Transaction transaction(store.one, Lock::last);
  for (std::int64_t id = 110; id < 122; ++id) expect_appointment(store.one, id);
  cancel(store.other);
  for (std::int64_t id = 119; id >= 100; --id) {
    same(id, find_appointment(store.one, id).value().duration.count(), "also those in between");
  }
  expect(!find_appointment(store.one, 120));
  expect(!find_appointment(store.one, 121));
  expect_appointment(store.one, 47);
  expect(!is_scheduled(store.one), "asked later");
}

TEST(what_is_expected_ends_with_a_change_and_with_the_transaction) {
  Two store;
  {
    Transaction transaction(store.one, Lock::last);
    expect_appointment(store.one, 47);
    auto appointment = appointment_47();
    appointment.status = roomkey::access::Status::cancelled;
    put_appointment(transaction, store.one, appointment);
    expect(!is_scheduled(store.one));
    transaction.roll_back();
  }
  {
    Transaction transaction(store.one, Lock::last);
    expect_appointment(store.one, 47);
    expect_appointment(store.one, 48);
    expect(is_scheduled(store.one));
    expect(!find_appointment(store.one, 48));
    transaction.commit();
  }
  expect_appointment(store.one, 47);
  cancel(store.other);
  expect(!is_scheduled(store.one));
  const Transaction transaction(store.one, Lock::last);
  expect(!is_scheduled(store.one));
}

}  // namespace postgresql_lock_test
