#include "store/driver/postgresql/roles.hpp"

#include <array>

#include "store/driver/postgresql/driver.hpp"

namespace roomkey::store::driver::postgresql {

namespace {

// The statements that give it to `roles`, a query of names.
std::string grants_to(const std::string& roles) {
  return "SELECT string_agg(format('GRANT %s ON %I TO %I', CASE tablename"
         " WHEN 'audit' THEN 'SELECT, INSERT' WHEN 'audit_head' THEN 'SELECT'"
         " WHEN 'audit_cuts' THEN 'SELECT' WHEN 'roomkey' THEN 'SELECT, UPDATE (turn)'"
         " ELSE 'SELECT, INSERT, UPDATE, DELETE' END, tablename, role), ';')"
         " FROM pg_tables, (" +
         roles + ") r (role) WHERE schemaname = current_schema()";
}

// It would be granted nothing, and the server would but warn.
constexpr const char* kOwns =
    "SELECT bool_and(pg_has_role(current_user, tableowner, 'USAGE')) FROM pg_tables"
    " WHERE schemaname = current_schema()";

constexpr const char* kWorkers =
    "SELECT DISTINCT grantee::regrole::name FROM pg_class, aclexplode(relacl)"
    " WHERE oid = to_regclass('audit') AND grantee <> relowner AND grantee <> 0";

// Of the role that is in use, by what it could do.
struct Could {
  const char* condition;
  const char* what;
};
constexpr std::array kCould{
    Could{"(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)",
          "is a superuser, for whom no rule holds"},
    Could{"pg_has_role(current_user, (SELECT tableowner FROM pg_tables WHERE schemaname ="
          " current_schema() AND tablename = 'audit'), 'MEMBER')",
          "owns the tables, and could put the audit's guards aside"},
    Could{"has_table_privilege('audit', 'UPDATE, DELETE, TRUNCATE, TRIGGER')"
          " OR has_table_privilege('audit_head', 'UPDATE, DELETE, TRUNCATE, TRIGGER')",
          "may change the audit"},
};

constexpr const char* kOwnRole =
    "Have the workers use a role that owns nothing: as the tables' owner run `roomkey db migrate "
    "--worker ROLE`, and name that role in ROOMKEY_DB (docs/postgresql.md).";

}  // namespace

// Of no tables it owns all.
bool may_migrate(Database& database) {
  const std::string owns = std::string("coalesce((") + kOwns + "), true)";
  return connection_of(database).text(
             "SELECT has_schema_privilege(current_schema(), 'CREATE') AND " + owns) == "t";
}

// What a worker needs and no more: the audit it can read and add to, and not change.
void let_work(Database& database, const std::string& role) {
  Connection& connection = connection_of(database);
  Wire& wire = connection.wire();
  const Value name{25, role, true};
  const auto value = [&](const std::string& sql) {
    const auto rows = wire.run(sql, {name}, connection.deadline());
    return std::string(libpq().PQgetvalue(rows.get(), 0, 0));
  };
  if (value("SELECT count(*) FROM pg_roles WHERE rolname = $1") == "0") {
    throw base::Unavailable("the server has no role " + role, base::Unavailable::Cause::refused);
  }
  if (connection.text(kOwns) != "t") {
    throw base::Unavailable(database.settings().called + ": only the tables' owner can grant that",
                            base::Unavailable::Cause::not_allowed);
  }
  wire.run(value(grants_to("SELECT $1")), connection.deadline());
}

void let_work_on(Connection& connection) {
  const auto grants = connection.text(grants_to(kWorkers));
  if (!grants.empty()) connection.wire().run(grants, connection.deadline());
}

About about(Database& database) {
  Connection& connection = connection_of(database);
  const Settings& settings = database.settings();
  About about;
  about.facts = "PostgreSQL " + connection.text("SHOW server_version");
  const bool on_this_machine = connection.text("SELECT inet_server_addr()").empty();
  const bool encrypted = connection.wire().is_encrypted();
  about.facts += on_this_machine ? ", on a socket" : encrypted ? ", over TLS" : ", over TCP";
  const auto standbys = connection.text("SHOW synchronous_standby_names");
  about.facts += standbys.empty() ? ", no synchronous standby" : ", synchronous standby";
  const bool loopback =
      connection.text(
          "SELECT inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1'") == "t";
  if (!on_this_machine && !encrypted && !loopback) {
    about.remarks.push_back(
        {"What goes to PostgreSQL can be read on its way: the connection is not "
         "encrypted.",
         "Put ?sslmode=verify-full&sslrootcert=FILE into ROOMKEY_DB."});
  }
  for (const Could& could : kCould) {
    if (connection.text(std::string("SELECT ") + could.condition) != "t") continue;
    about.remarks.push_back({std::string("The role of ROOMKEY_DB ") + could.what + '.', kOwnRole});
    break;
  }
  if (settings.path.find(':', settings.path.find("//")) < settings.path.find('@')) {
    about.remarks.push_back({"A password stands in ROOMKEY_DB, which is no secret to programs.",
                             "Give it as ROOMKEY_DB_PASSWORD, its file or a credential."});
  }
  const auto encoding = connection.wire().parameter("server_encoding");
  if (encoding != "UTF8" && encoding != "SQL_ASCII") {
    about.remarks.push_back({"The database is in " + encoding + ", which has not every letter.",
                             "Copy the store into one in UTF8: roomkey db copy."});
  }
  return about;
}

}  // namespace roomkey::store::driver::postgresql
