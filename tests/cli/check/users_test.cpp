#include "cli/check/checked.hpp"
#include "support/store.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

std::string of(store::Database& database) {
  base::Findings findings;
  cli::check::check_users(findings, database);
  return cli::check::to_text(findings, "");
}

void add(store::Database& database, std::int64_t id, std::size_t letters) {
  store::Transaction transaction(database);
  store::put_user(transaction, database, {id, std::string(letters, 'a') + "@b", "A"});
  transaction.commit();
}

TEST(users_whom_twilio_would_refuse_are_counted_and_named_by_id) {
  MemoryStore store;
  add(store.database, 201, 122);
  expect(!contains(of(store.database), "[ERROR]"));
  add(store.database, 202, 123);
  expect(contains(of(store.database), "[ERROR] 1 user has"));
  expect(contains(of(store.database), "gets no token: 202."));
  for (std::int64_t id = 301; id < 330; ++id) add(store.database, id, 200);
  expect(contains(of(store.database), "[ERROR] 30 users have"));
  expect(contains(of(store.database), "319 and 10 more."));
}

}  // namespace
