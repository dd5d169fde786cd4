#include "roomkey/store/database.hpp"

#include "roomkey/store/verify.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::base::Unavailable;

STORE_TEST(a_new_store_is_made_by_migrating_and_by_nothing_else) {
  const auto ground = ground_kind->make();
  Database database(ground->shared());
  throws<Unavailable>([&] { database.ready(); }, "not made yet");
  throws<Unavailable>([&] { static_cast<void>(find_user(database, 2)); }, "used all the same");
  same(Database::newest_schema(), database.migrate());
  same(0, database.migrate());
  same(Database::newest_schema(), database.schema());
  expect(!find_user(database, 2));
}

STORE_TEST(an_older_schema_is_said_and_brought_up_to_date) {
  const auto ground = ground_kind->make();
  const Settings settings = ground->shared();
  same(1, Database(settings).migrate(1));
  Database database(settings);
  expect(contains(throws<Unavailable>([&] { database.ready(); }), "roomkey db migrate"));
  database.ready(Schema::older);
  same(1, database.schema());
  same(Database::newest_schema() - 1, database.migrate());
  database.ready();
}

STORE_TEST(a_store_with_everything_in_it_is_sound) {
  QuickStore store;
  append_three(store.database);
  const auto verdict = verify_store(store.database);
  same(0, verdict.faults.size());
  same(Database::newest_schema(), verdict.schema);
  same(3, verdict.audit.events);
}

// The lock is taken at once: what was read in a transaction holds until it ends.
STORE_TEST(a_second_writer_is_refused_when_its_time_is_up) {
  SharedStore store;
  Database other(store.settings());
  other.ready();
  {
    const Transaction first(store.database);
    throws<Unavailable>([&] { const Transaction waits(other); });
    expect(find_user(other, 2).has_value(), "reading goes on");
  }
  const Transaction works(other);
}

STORE_TEST(a_change_is_undone_unless_it_is_committed) {
  SharedStore store;
  Database other(store.settings());
  other.ready();
  {
    Transaction transaction(store.database);
    put_user(transaction, store.database, someone(roomkey::access::Role::admin));
    expect(!find_user(other, 5), "seen before it is committed");
  }
  expect(!find_user(store.database, 5) && !find_user(other, 5));
  Transaction transaction(store.database);
  put_user(transaction, store.database, someone(roomkey::access::Role::admin));
  transaction.commit();
  expect(find_user(other, 5).has_value());
}

STORE_TEST(a_part_of_a_transaction_cannot_be_undone_once_it_has_written) {
  QuickStore store;
  Transaction whole(store.database);
  Transaction(store.database).roll_back();
  {
    Transaction part(store.database);
    put_user(part, store.database, someone(roomkey::access::Role::admin));
    throws<std::logic_error>([&] { part.roll_back(); });
  }
  expect(find_user(store.database, 5).has_value(), "it is the whole's to decide");
  whole.roll_back();
  expect(!find_user(store.database, 5));
  whole.roll_back();
}

}  // namespace
