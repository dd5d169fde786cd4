#include "roomkey/store/import_numbers.hpp"

#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;

void put(Database& database, Numbered kind, const std::string& source, ImportNumber number) {
  Transaction transaction(database);
  put_import_number(transaction, database, kind, source, number);
  transaction.commit();
}

STORE_TEST(remembers_a_resource_s_number_and_its_server) {
  QuickStore store;
  expect(!find_import_number(store.database, "Patient/a").has_value());
  put(store.database, Numbered::user, "Patient/a", {7, ""});
  put(store.database, Numbered::appointment, "Appointment/a", {7, "https://a"});
  put(store.database, Numbered::user, "Patient/a", {9, "https://b"});
  const auto found = find_import_number(store.database, "Patient/a").value();
  same(7, found.number, "never another");
  same("https://b", found.server);
  expect(is_import_number(store.database, Numbered::user, 7));
  expect(!is_import_number(store.database, Numbered::user, 9));
  expect(is_import_number(store.database, Numbered::appointment, 7));
}

STORE_TEST(no_two_resources_share_a_number) {
  QuickStore store;
  put(store.database, Numbered::user, "Patient/2", {2, ""});
  throws<std::logic_error>([&] { put(store.database, Numbered::user, "Practitioner/2", {2, ""}); });
  expect(!find_import_number(store.database, "Practitioner/2").has_value());
}

STORE_TEST(a_free_number_is_nobody_s) {
  QuickStore store;
  same(kFirstGivenNumber, free_import_number(store.database, Numbered::user));
  put(store.database, Numbered::user, "Patient/a", {kFirstGivenNumber, ""});
  put(store.database, Numbered::user, "Patient/2", {2, ""});
  same(kFirstGivenNumber + 1, free_import_number(store.database, Numbered::user));
  same(kFirstGivenNumber, free_import_number(store.database, Numbered::appointment));
  Transaction transaction(store.database);
  auto user = jane();
  for (const std::int64_t id : {kFirstGivenNumber + 5, 9223372036854775807}) {
    user.id = id;
    put_user(transaction, store.database, user);
  }
  auto appointment = appointment_47();
  appointment.id = kFirstGivenNumber + 8;
  appointment.room.reset();
  put_appointment(transaction, store.database, appointment);
  transaction.commit();
  same(kFirstGivenNumber + 6, free_import_number(store.database, Numbered::user));
  same(kFirstGivenNumber + 9, free_import_number(store.database, Numbered::appointment));
}

}  // namespace
