// What is made of SQL, of addresses and of faults, without a server.
#include "store/driver/postgresql/address.hpp"
#include "store/driver/postgresql/dialect.hpp"
#include "store/driver/postgresql/fault.hpp"
#include "support/postgresql.hpp"
#include "support/test.hpp"

namespace postgresql_words_test {

using namespace roomkey::store;
using namespace roomkey::store::driver::postgresql;
using namespace roomkey::test;
using Cause = roomkey::base::Unavailable::Cause;

TEST(parameters_get_postgresql_s_form) {
  same("a = $1 AND b = $2", translated("a = ? AND b = ?"));
  same("a = $1 OR b = $12 OR c = $1", translated("a = ?1 OR b = ?12 OR c = ?1"));
  same("a = '?' AND b = $1 AND c = 'it''s ?1'", translated("a = '?' AND b = ? AND c = 'it''s ?1'"));
  same("SELECT 1", translated("SELECT 1"));
}

TEST(what_is_null_stands_in_the_sql_of_a_cursor) {
  same("(NULL IS NULL OR a = NULL) AND b = $2 AND c = $12",
       with_nulls("($1 IS NULL OR a = $1) AND b = $2 AND c = $12", {1}));
  same("a = $1", with_nulls("a = $1", {}));
}

TEST(what_both_have_and_mean_otherwise_is_said_otherwise) {
  same("SELECT string_agg(user_id::text, ',') FROM removals",
       translated("SELECT group_concat(user_id) FROM removals"));
  same("SELECT 1 + greatest($1 - 1, 0)", translated("SELECT 1 + max(?1 - 1, 0)"));
  same("SELECT max(id) FROM users", translated("SELECT max(id) FROM users"));
}

// Of the server, value by value: the last of the same name counts.
std::string value(const Server& server, std::string_view name) {
  std::string found = "-";
  for (const auto& [one, value] : server) {
    if (one == name) found = value;
  }
  return found;
}

TEST(hosts_are_those_that_are_reached_by_a_network) {
  const auto hosts = [](const char* address) {
    std::string list;
    for (const auto& host : hosts_of(settings_on(address))) list += host + ' ';
    return list;
  };
  same("db1 db2 ", hosts("postgresql://clinic@db1,db2:5433/roomkey"));
  same("::1 10.0.0.2 ", hosts("postgresql://[::1],b/x?hostaddr=::1,10.0.0.2"));
  same("", hosts("postgresql:///x?host=/run/postgresql"));
  same("", hosts("postgresql:///x"));
  same("db1 ", hosts("postgresql://%2Frun%2Fpostgresql,db1/x"));
}

TEST(each_host_of_an_address_is_a_server) {
  const auto servers = servers_of(settings_on("postgresql://clinic@db1,db2:5433,db3/roomkey"));
  same(3, servers.size());
  same("db1", value(servers[0], "host"));
  same("db2", value(servers[1], "host"));
  same("5433", value(servers[1], "port"));
  same("db3", value(servers[2], "host"));
  for (const Server& server : servers) {
    same("roomkey", value(server, "dbname"));
    same("clinic", value(server, "user"));
    same("read-write", value(server, "target_session_attrs"));
  }
  const auto chosen = servers_of(settings_on("postgresql://a,b/x?target_session_attrs=any"));
  same("any", value(chosen[0], "target_session_attrs"));
  const auto alone = servers_of(settings_on("postgresql:///x?host=/run/postgresql"));
  same(1, alone.size());
  same("/run/postgresql", value(alone[0], "host"));
  same("-", value(alone[0], "target_session_attrs"));
}

TEST(the_password_is_the_one_of_its_own_variable) {
  auto settings = settings_on("postgresql://clinic:hunter2@db/roomkey");
  same("hunter2", value(servers_of(settings)[0], "password"));
  settings.password = std::make_shared<const roomkey::crypto::Secret>("correct horse");
  same("correct horse", value(servers_of(settings)[0], "password"));
}

TEST(an_address_that_cannot_be_read_is_not_shown) {
  for (const char* const address :
       {"postgresql://clinic:hunter2%@db/roomkey",
        "postgresql://clinic:hunter2@db/roomkey?nonsense=1", "postgresql://[::1/hunter2"}) {
    const auto why = throws<roomkey::base::Unavailable>(
        [&] { static_cast<void>(servers_of(settings_on(address))); }, address);
    same("the store: its address can't be read as one of PostgreSQL's", why);
  }
}

TEST(what_a_server_says_has_a_cause) {
  for (const auto& [code, cause] :
       std::initializer_list<std::pair<const char*, Cause>>{{"", Cause::away},
                                                            {"08006", Cause::away},
                                                            {"25006", Cause::read_only},
                                                            {"28P01", Cause::refused},
                                                            {"28000", Cause::refused},
                                                            {"3D000", Cause::no_database},
                                                            {"40001", Cause::conflict},
                                                            {"40P01", Cause::conflict},
                                                            {"42501", Cause::not_allowed},
                                                            {"53100", Cause::disk_full},
                                                            {"53300", Cause::too_many},
                                                            {"55P03", Cause::locked},
                                                            {"57014", Cause::away},
                                                            {"57P01", Cause::away},
                                                            {"XX001", Cause::unreadable},
                                                            {"42P01", Cause::other}}) {
    expect(cause == cause_of(code), code);
    expect(contains(fault_of("the store", code).what(), code), code);
  }
}

TEST(a_refused_connection_tells_its_code_or_its_reason_and_no_name) {
  const std::string refused =
      "connection to server at \"10.1.2.3\", port 5432 failed: FATAL:  28P01\n";
  same("28P01", sqlstate_in(refused));
  const std::string away =
      "connection to server on socket \"/run/x/.s.PGSQL.5432\" failed: No such file or directory\n"
      "\tIs the server running locally and accepting connections on that socket?\n";
  same("", sqlstate_in(away));
  same("No such file or directory", reason_in(away));
  same("root certificate file ... does not exist",
       reason_in("connection to server at \"db\", port 1 failed: root certificate file "
                 "\"/nowhere/x.crt\" does not exist\nEither provide it"));
  same("the server can't be reached", reason_in(""));
}

}  // namespace postgresql_words_test
