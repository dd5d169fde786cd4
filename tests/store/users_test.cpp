#include "roomkey/store/users.hpp"

#include "roomkey/access/record.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::access::Role;
using roomkey::access::to_json;

bool put(Database& database, const roomkey::access::User& user) {
  Transaction transaction(database);
  const bool made = put_user(transaction, database, user);
  transaction.commit();
  return made;
}

STORE_TEST(finds_a_user_by_id_alone) {
  QuickStore store;
  same(to_json(jane()), to_json(find_user(store.database, 2).value()));
  expect(!find_user(store.database, 3));
  expect(!find_user(store.database, -1));
}

STORE_TEST(makes_a_user_and_then_changes_it) {
  QuickStore store;
  roomkey::access::User user = someone(Role::service);
  user.id = INT64_MAX;
  user.name = "Zo\u00eb \"O'Brien\"; DROP TABLE users";
  expect(put(store.database, user));
  same(to_json(user), to_json(find_user(store.database, user.id).value()));
  user.email = "new@example.com";
  user.role = Role::admin;
  user.active = false;
  expect(!put(store.database, user));
  same(to_json(user), to_json(find_user(store.database, user.id).value()));
}

STORE_TEST(a_user_who_has_appointments_can_still_be_changed) {
  QuickStore store;
  auto user = jane();
  user.active = false;
  expect(!put(store.database, user));
  expect(!find_user(store.database, 2).value().active);
}

STORE_TEST(lists_users_by_id) {
  QuickStore store;
  put(store.database, someone(Role::admin));
  std::string ids;
  each_user(store.database, [&](const auto& user) { ids += std::to_string(user.id) + ' '; });
  same("2 5 19 ", ids);
}

STORE_TEST(what_breaks_the_store_s_rules_is_a_fault_of_the_program) {
  QuickStore store;
  auto nobody = jane();
  nobody.id = 0;
  throws<std::logic_error>([&] { put(store.database, nobody); });
  same("Jane Doe", find_user(store.database, 2).value().name, "the store goes on working");
}

}  // namespace
