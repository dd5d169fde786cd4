#include "roomkey/store/copy.hpp"

#include "roomkey/store/evictions.hpp"
#include "roomkey/store/import_numbers.hpp"
#include "roomkey/store/retention.hpp"
#include "roomkey/store/rooms.hpp"
#include "support/cut.hpp"
#include "support/room.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace copy_test {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::base::Unavailable;

// One of each driver.
struct Other {
  std::unique_ptr<Ground> ground;
  Settings settings;
  explicit Other(const GroundKind& kind) : ground(kind.make()), settings(ground->shared()) {}
};

STORE_TEST(a_copy_has_all_that_was_there) {
  for (const GroundKind& kind : kGrounds) {
    Cut<SharedStore> store;
    append_three(store.database);
    {
      Transaction transaction(store.database);
      for (const auto& event : whole_session()) {
        put_room_event(transaction, store.database, 47, sid("RM", '1'), event.sequence, event);
      }
      remove_user(transaction, store.database, 47, {2, 19, false}, kNine);
      put_eviction(transaction, store.database, {"r", "", "twilio", 47, kNine});
      ImportNumbers(transaction, store.database)
          .put(Numbered::user, "Patient/ü-1", {kFirstGivenNumber, "https://fhir.example"});
      transaction.commit();
    }
    const Other other(kind);
    Database copy(other.settings);
    const auto copied = copy_store(store.database, copy, {});
    same(0, copied.verdict.faults.size());
    expect(!copied.moved && copied.rows > 10);
    const auto before = verify_audit(store.database), after = verify_audit(copy);
    same(before.head, after.head);
    same(before.events, after.events);
    same(1, after.cuts.size());
    same(audit_of(store.database).size(), audit_of(copy).size());
    const auto appointment = find_appointment(copy, 47).value();
    same(std::vector<std::int64_t>{2}, appointment.removed);
    same(kRoom, appointment.room->name);
    expect(!find_removal(copy, 47, 2)->by_office);
    same("completed", word(latest_room_session(copy, 47)->status));
    same(1, count_evictions(copy));
    {
      Transaction transaction(copy);
      ImportNumbers numbers(transaction, copy);
      numbers.read({"Patient/ü-1"});
      same(kFirstGivenNumber, numbers.find("Patient/ü-1")->number);
    }
    // It goes on as the one that was copied would.
    append_audit(copy, event_at(kNine + 24h));
    same("", verify_audit(copy).fault);
    same(0, verify_store(copy).faults.size());
  }
}

STORE_TEST(a_store_that_is_not_empty_is_no_target) {
  SharedStore store;
  for (const GroundKind& kind : kGrounds) {
    const Other other(kind);
    Database target(other.settings);
    target.migrate();
    {
      Transaction transaction(target);
      put_user(transaction, target, jane());
      transaction.commit();
    }
    same("the other store is not empty",
         throws<Unavailable>([&] { copy_store(store.database, target, {}); }));
    same(1, [&] {
      int users = 0;
      each_user(target, [&](const auto&) { ++users; });
      return users;
    }());
  }
}

// Many rows, in groups and one by one.
STORE_TEST(every_row_comes_once) {
  SharedStore store;
  {
    Transaction transaction(store.database);
    for (int i = 0; i < 1234; ++i) append_audit(transaction, store.database, event_at(kNine));
    transaction.commit();
  }
  const Other other(*ground_kind);
  Database copy(other.settings);
  std::size_t last = 0;
  const auto copied = copy_store(store.database, copy, [&](std::size_t done, std::size_t total) {
    same(++last, done);
    same(1238, total);
  });
  same(1238, copied.rows);
  same(1234, copied.verdict.audit.events);
}

}  // namespace copy_test
