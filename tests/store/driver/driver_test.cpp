#include "store/driver/driver.hpp"

#include <filesystem>
#include <set>

#include "roomkey/base/text.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;
using driver::driver_for;
using roomkey::base::Unavailable;

TEST(a_path_is_a_file_of_sqlite_s) {
  for (const char* const path :
       {"/var/lib/roomkey/roomkey.db", "roomkey.db", "./a:b.db", "a/b:c.db", "../postgresql://x",
        "/postgresql://x", "a b:c.db", "2025-11-16T09:00.db", "_a:b", ":memory:", "::", ""}) {
    const auto* const driver = driver_for(path);
    expect(driver != nullptr && driver->title == "SQLite", path);
    same("", address_fault(path), path);
  }
}

// Those of a driver that is there are its own.
bool is_somebodys(std::string_view scheme) {
  const auto drivers = driver::all();
  return std::any_of(drivers.begin(), drivers.end(), [&](const auto& driver) {
    return driver.scheme == roomkey::base::lower_ascii(scheme);
  });
}

TEST(an_address_of_a_scheme_that_nobody_has_is_never_taken_for_a_path) {
  const Folder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const std::string scheme : {"postgresql", "postgres", "POSTGRESQL", "mysql", "file",
                                   "sqlite", "https", "redis+tls", "a.b-c", "C"}) {
    if (is_somebodys(scheme)) continue;
    for (const char* const rest : {"", "x", "//clinic:hunter2@db.example/roomkey"}) {
      const std::string address = scheme + ':' + rest;
      expect(driver_for(address) == nullptr, address);
      const std::string why = address_fault(address);
      expect(contains(why, "must be the path of a file (SQLite)"), why);
      Database database(settings_at(address));
      same("the store: its address " + why, throws<Unavailable>([&] { database.ready(); }));
      same("the store: its address " + why, throws<Unavailable>([&] { database.migrate(); }));
      expect(!contains(why, "hunter2"), why);
      expect(database.title().empty() && !database.files() && !database.backups(), address);
    }
  }
  std::filesystem::current_path(before);
  expect(std::filesystem::is_empty(folder.path()), "a file was made");
}

TEST(every_driver_can_be_told_from_the_others) {
  std::set<std::string_view> titles, schemes;
  for (const auto& driver : driver::all()) {
    expect(titles.insert(driver.title).second && !driver.title.empty(), driver.title);
    expect(schemes.insert(driver.scheme).second, driver.title);
    expect(contains(address_fault("nobody:"), driver.address), driver.title);
    if (!driver.scheme.empty()) {
      expect(driver_for(std::string(driver.scheme) + ":x") == &driver, driver.title);
    }
  }
}

TEST(an_address_that_libpq_can_not_read_or_follow_is_said_to_be_wrong_without_a_word_of_it) {
  for (const char* const good :
       {"postgresql://", "postgresql:///roomkey?host=/run/postgresql", "postgresql://u@h:5433/d",
        "postgresql://u:p%40@h1,h2:5433/d?target_session_attrs=any", "postgresql://h1:1,h2:65535/d",
        "postgresql://[::1]/d", "postgresql://h1,h2/d?hostaddr=10.0.0.1,10.0.0.2"}) {
    same("", address_fault(good), good);
  }
  for (const char* const bad :
       {"postgresql:hunter2", "PostgreSQL://u:hunter2@h/d", "postgresql://u:hunter2%zz@h/d",
        "postgresql://u:hunter2@h/d?bogus=1", "postgresql://u:hunter2@h:99999/d",
        "postgresql://u:hunter2@h:0/d", "postgresql://u:hunter2@h:x/d",
        "postgresql://u:hunter2@h1:1,h2:2,h3/d?port=5432,5433",
        "postgresql://u:hunter2@h/d?hostaddr=10.0.0.1,10.0.0.2"}) {
    const std::string why = address_fault(bad);
    expect(!why.empty() && !contains(why, "hunter2"), bad);
  }
}

TEST(every_driver_has_as_many_migrations) {
  for (const auto& driver : driver::all()) {
    same(Database::newest_schema(), driver.migrations().size(), driver.title);
  }
}

TEST(every_driver_is_tested) {
  const auto drivers = driver::all();
  same(drivers.size(), kGrounds.size());
  for (const auto& kind : kGrounds) {
    const auto ground = kind.make();
    for (const auto& settings : {ground->shared(), ground->own()}) {
      same(kind.title, Database(settings).title());
    }
  }
}

}  // namespace
