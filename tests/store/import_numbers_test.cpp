#include "roomkey/store/import_numbers.hpp"

#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;

// One import.
struct Import {
  Transaction transaction;
  ImportNumbers numbers;
  explicit Import(Database& database) : transaction(database), numbers(transaction, database) {}
};

void put(Database& database, Numbered kind, const std::string& source, ImportNumber number) {
  Import import(database);
  import.numbers.put(kind, source, number);
  import.transaction.commit();
}

STORE_TEST(remembers_a_resource_s_number_and_its_server) {
  QuickStore store;
  put(store.database, Numbered::user, "Patient/a", {7, ""});
  put(store.database, Numbered::appointment, "Appointment/a", {7, "https://a"});
  for (const std::string server : {"", "https://b"}) {
    Import import(store.database);
    import.numbers.read({"Patient/a", "Patient/b"});
    import.numbers.read(Numbered::user, {7, 9});
    import.numbers.read(Numbered::appointment, {7, 9});
    const auto* const found = import.numbers.find("Patient/a");
    same(7, found->number);
    same(server, found->server);
    import.numbers.move("Patient/a", "https://b");
    same("https://b", import.numbers.find("Patient/a")->server);
    expect(import.numbers.find("Patient/b") == nullptr);
    for (const auto kind : {Numbered::user, Numbered::appointment}) {
      expect(import.numbers.is_taken(kind, 7));
      expect(!import.numbers.is_taken(kind, 9));
    }
    import.transaction.commit();
  }
}

STORE_TEST(the_numbers_of_many_are_read_and_put) {
  QuickStore store;
  for (const bool again : {false, true}) {
    Import import(store.database);
    std::vector<std::string> sources;
    std::vector<std::int64_t> all;
    for (int i = 1; i <= 301; ++i) {
      sources.push_back("Patient/p-" + std::to_string(i));
      all.push_back(i);
    }
    import.numbers.read(sources);
    import.numbers.read(Numbered::user, all);
    for (const auto number : all) {
      const std::string& source = sources[static_cast<std::size_t>(number) - 1];
      same(again, import.numbers.is_taken(Numbered::user, number), source);
      same(again, import.numbers.find(source) != nullptr, source);
      if (!again) import.numbers.put(Numbered::user, source, {number, ""});
      same(number, import.numbers.find(source)->number);
    }
    import.transaction.commit();
  }
}

STORE_TEST(no_two_resources_share_a_number_and_none_has_two) {
  QuickStore store;
  put(store.database, Numbered::user, "Patient/2", {2, ""});
  throws<std::logic_error>([&] { put(store.database, Numbered::user, "Practitioner/2", {2, ""}); });
  throws<std::logic_error>([&] { put(store.database, Numbered::user, "Patient/2", {3, ""}); });
  Import import(store.database);
  import.numbers.read({"Patient/2", "Practitioner/2"});
  same(2, import.numbers.find("Patient/2")->number);
  expect(import.numbers.find("Practitioner/2") == nullptr);
}

STORE_TEST(a_free_number_is_nobody_s) {
  QuickStore store;
  {
    Import import(store.database);
    ImportNumbers& numbers = import.numbers;
    same(kFirstGivenNumber, numbers.free(Numbered::user));
    numbers.put(Numbered::user, "Patient/2", {2, ""});
    same(kFirstGivenNumber, numbers.free(Numbered::user));
    numbers.put(Numbered::user, "Patient/a", {kFirstGivenNumber, ""});
    same(kFirstGivenNumber + 1, numbers.free(Numbered::user));
    same(kFirstGivenNumber, numbers.free(Numbered::appointment));
    auto user = jane();
    for (const std::int64_t id : {kFirstGivenNumber + 5, 9223372036854775807}) {
      user.id = id;
      put_user(import.transaction, store.database, user);
    }
    auto appointment = appointment_47();
    appointment.id = kFirstGivenNumber + 8;
    appointment.room.reset();
    put_appointment(import.transaction, store.database, appointment);
    import.transaction.commit();
  }
  Import next(store.database);
  same(kFirstGivenNumber + 6, next.numbers.free(Numbered::user));
  same(kFirstGivenNumber + 9, next.numbers.free(Numbered::appointment));
}

}  // namespace
