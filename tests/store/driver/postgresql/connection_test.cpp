// One worker's way to its server, and what becomes of a commit.
#include "store/driver/postgresql/connection.hpp"

#include <thread>

#include "support/store.hpp"
#include "support/test.hpp"

namespace postgresql_connection_test {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::base::Unavailable;
using Cause = Unavailable::Cause;

template <typename Work>
Cause cause_of(Work&& work) {
  try {
    work();
  } catch (const Unavailable& fault) {
    return fault.cause();
  }
  expect(false, "nothing was thrown");
  return Cause::other;
}

// A store with the clinic in it, for `full`.
struct Served {
  PostgresGround ground;
  Settings settings = ground.shared();
  RawPostgres other{settings};
  Served() {
    Database database(settings);
    fill(database);
    settings.sync = Sync::full;
    settings.answer_within = 400ms;
  }
};

// While it lives, the server has this list of standbys.
class Standbys {
 public:
  Standbys(RawPostgres& server, const std::string& names) : server_(server) { set(names); }
  ~Standbys() { set(""); }
  Standbys(const Standbys&) = delete;
  Standbys& operator=(const Standbys&) = delete;

 private:
  void set(const std::string& names) {
    server_.run("ALTER SYSTEM SET synchronous_standby_names = '" + names + "'");
    server_.run("SELECT pg_reload_conf()");
    while (server_.run("SELECT current_setting('synchronous_standby_names')") != names) continue;
  }
  RawPostgres& server_;
};

void wait_for(Database& database) {
  for (int i = 0; i < 100; ++i) {
    try {
      return database.ready();
    } catch (const Unavailable&) {
      std::this_thread::sleep_for(20ms);
    }
  }
  expect(false, "it does not come back");
}

TEST(without_a_standby_nothing_is_committed_unless_that_is_allowed) {
  Served served;
  {
    Database database(served.settings);
    database.ready();
    expect(cause_of([&] { append_audit(database, event_at(kNine)); }) == Cause::alone);
    expect(find_user(database, 2).has_value(), "reading goes on");
  }
  served.settings.may_be_alone = true;
  Database database(served.settings);
  database.ready();
  append_audit(database, event_at(kNine));
  same(1, verify_audit(database).events);
}

TEST(a_commit_that_no_standby_confirms_is_given_up_in_time) {
  Served served;
  Database database(served.settings);
  database.ready();
  const Standbys standbys(served.other, "nobody");
  const auto started = std::chrono::steady_clock::now();
  expect(cause_of([&] { append_audit(database, event_at(kNine)); }) == Cause::unknown_outcome);
  expect(std::chrono::steady_clock::now() - started < 1s, "too late");
  // Whoever comes behind is told at once, and after a moment it is tried again.
  Database next(served.settings);
  expect(cause_of([&] { next.ready(); }) == Cause::away);
  expect(std::chrono::steady_clock::now() - started < 1s, "too late");
  wait_for(next);
}

// A cancel makes the server say COMMIT, with a warning.
TEST(a_commit_that_was_cancelled_while_it_waited_does_not_count) {
  Served served;
  served.settings.answer_within = 20s;
  Database database(served.settings);
  database.ready();
  const Standbys standbys(served.other, "nobody");
  Cause cause{};
  std::thread committing(
      [&] { cause = cause_of([&] { append_audit(database, event_at(kNine)); }); });
  while (served.other.run("SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity"
                          " WHERE wait_event = 'SyncRep'") == "0") {
    continue;
  }
  committing.join();
  expect(cause == Cause::unknown_outcome);
}

TEST(a_server_that_hung_up_is_found_before_the_next_request) {
  Served served;
  served.settings.may_be_alone = true;
  Database database(served.settings);
  database.ready();
  append_audit(database, event_at(kNine));
  served.other.run(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
      " WHERE application_name = 'roomkey'");
  database.ready();
  append_audit(database, event_at(kNine));
  same(2, verify_audit(database).events);
}

TEST(a_connection_that_dies_in_a_transaction_takes_it_along) {
  Served served;
  served.settings.may_be_alone = true;
  Database database(served.settings);
  database.ready();
  {
    Transaction transaction(database);
    append_audit(transaction, database, event_at(kNine));
    served.other.run(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE application_name = 'roomkey'");
    expect(cause_of([&] { transaction.commit(); }) == Cause::away);
  }
  database.ready();
  same(0, verify_audit(database).events);
  append_audit(database, event_at(kNine));
}

TEST(what_is_expected_of_a_connection_that_dies_is_not_taken_for_nothing) {
  Served served;
  served.settings.may_be_alone = true;
  Database database(served.settings);
  fill(database);
  const Transaction transaction(database, Lock::last);
  expect(find_user(database, 2).has_value());
  expect_user(database, 2);
  expect_appointment(database, 47);
  served.other.run(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
      " WHERE application_name = 'roomkey'");
  for (const char* const which : {"once", "again"}) {
    expect(cause_of([&] { static_cast<void>(find_user(database, 2)); }) == Cause::away, which);
    expect(cause_of([&] { static_cast<void>(find_appointment(database, 47)); }) == Cause::away,
           which);
  }
}

TEST(a_statement_that_fails_makes_the_transaction_fail) {
  Served served;
  served.settings.may_be_alone = true;
  Database database(served.settings);
  database.ready();
  {
    Transaction transaction(database);
    append_audit(transaction, database, event_at(kNine));
    auto nobody = appointment_47();
    nobody.patient_id = 4711;
    throws<std::logic_error>([&] { put_appointment(transaction, database, nobody); });
    throws<Unavailable>([&] { transaction.commit(); });
  }
  same(0, verify_audit(database).events);
  append_audit(database, event_at(kNine));
}

TEST(nothing_is_asked_any_more_where_an_answer_is_still_to_come) {
  Served served;
  Database database(served.settings);
  database.ready();
  const Standbys standbys(served.other, "nobody");
  expect(cause_of([&] { append_audit(database, event_at(kNine)); }) == Cause::unknown_outcome);
  const auto started = std::chrono::steady_clock::now();
  expect(cause_of([&] { static_cast<void>(find_user(database, 2)); }) == Cause::away);
  expect(std::chrono::steady_clock::now() - started < 200ms, "it was waited for");
  Database next(served.settings);
  wait_for(next);
}

TEST(what_the_server_refuses_on_the_way_to_the_commit_is_said_as_that) {
  Served served;
  served.settings.may_be_alone = true;
  Database database(served.settings);
  database.ready();
  served.other.run(
      "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN RAISE 'no' USING ERRCODE = '42501'; END $$;"
      "CREATE TRIGGER no BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION no()");
  expect(cause_of([&] { append_audit(database, event_at(kNine)); }) == Cause::not_allowed);
  served.other.run("DROP TRIGGER no ON audit");
  database.ready();
  append_audit(database, event_at(kNine));
  same(1, verify_audit(database).events);
}

TEST(a_slow_server_is_given_up_in_time) {
  Served served;
  served.settings.may_be_alone = true;
  Database database(served.settings);
  database.ready();
  auto& connection = driver::postgresql::connection_of(database);
  const auto started = std::chrono::steady_clock::now();
  expect(cause_of([&] { static_cast<void>(connection.text("SELECT pg_sleep(5)")); }) ==
         Cause::away);
  expect(std::chrono::steady_clock::now() - started < 1s, "too late");
  wait_for(database);
}

TEST(what_is_done_again_has_no_more_time_than_it_had) {
  Served served;
  served.settings.may_be_alone = true;
  served.settings.answer_within = 900ms;
  served.settings.busy_timeout = 5s;  // and so 600 ms for the lock
  Database database(served.settings);
  database.ready();
  {
    Transaction transaction(database, Lock::last);
    expect(find_user(database, 2).has_value());
    served.other.run("UPDATE roomkey SET turn = turn + 1");
    std::this_thread::sleep_for(450ms);
    expect(cause_of([&] { put_user(transaction, database, jane()); }) == Cause::conflict);
  }
  database.ready();
  served.other.run("BEGIN; SELECT turn FROM roomkey FOR UPDATE");
  expect(cause_of([&] { const Transaction again(database, Lock::last); }) == Cause::away);
  served.other.run("ROLLBACK");
  wait_for(database);
}

TEST(a_server_that_takes_no_changes_is_said_to_be_one) {
  Served served;
  served.settings.may_be_alone = true;
  Database database(served.settings);
  database.ready();
  auto& connection = driver::postgresql::connection_of(database);
  static_cast<void>(connection.text("SET default_transaction_read_only = on; SELECT 1"));
  expect(cause_of([&] { append_audit(database, event_at(kNine)); }) == Cause::read_only);
}

TEST(the_login_is_told_from_a_server_that_is_away) {
  PostgresGround ground;
  auto settings = ground.shared();
  const auto with = [&](const std::string& from, const std::string& to) {
    Settings other = settings;
    other.path.replace(other.path.find(from), from.size(), to);
    Database database(other);
    return cause_of([&] { database.ready(); });
  };
  expect(with("postgres@", "nobody_of_this_name@") == Cause::refused);
  expect(with("@/postgres", "@/nothing_of_this_name") == Cause::no_database);
  expect(with("host=", "host=/nonexistent") == Cause::away);
}

TEST(another_program_s_database_is_left_alone) {
  PostgresGround ground;
  const auto settings = ground.shared();
  RawPostgres(settings).run("CREATE TABLE users (id INT)");
  Database database(settings);
  same("the database is not a store of roomkey", throws<Unavailable>([&] { database.ready(); }));
  same("the database is not a store of roomkey", throws<Unavailable>([&] { database.migrate(); }));
}

}  // namespace postgresql_connection_test
