// The store's tables: which schema they have, how they are made, and what is done to them as a
// whole.
#include "store/driver/postgresql/connection.hpp"
#include "store/driver/postgresql/roles.hpp"

namespace roomkey::store::driver::postgresql {

using base::Unavailable;

int Connection::schema() {
  if (text("SELECT to_regclass('roomkey')").empty()) {
    const auto tables = text("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()");
    if (tables == "0") return 0;
    throw Unavailable("the database is not a store of roomkey", Unavailable::Cause::unreadable);
  }
  return std::stoi(text("SELECT max(schema) FROM roomkey"));
}

void Connection::lay_out() {
  if (!text("SELECT to_regclass('roomkey')").empty()) return;
  try {
    wire_->run("BEGIN; SELECT pg_advisory_xact_lock(1380664665);" + std::string(kTurnTable) +
                   "INSERT INTO roomkey VALUES (1, 0) ON CONFLICT DO NOTHING; COMMIT",
               deadline());
  } catch (...) {
    wire_->give_up();
    throw;
  }
}

// The functions of the script go by the tables of this schema, whoever calls them.
void Connection::migrate(std::string_view script, int schema) {
  wire_->run("SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true)",
             deadline());
  wire_->run(std::string(script), deadline());
  wire_->run("UPDATE roomkey SET schema = " + std::to_string(schema), deadline());
  let_work_on(*this);
}

void Connection::begin_filling() {
  wire_->run(
      "ALTER TABLE audit DISABLE TRIGGER USER; ALTER TABLE audit_head DISABLE TRIGGER USER;"
      "ALTER TABLE audit_cuts DISABLE TRIGGER USER",
      deadline());
}

void Connection::end_filling() {
  wire_->run(
      "ALTER TABLE audit ENABLE TRIGGER USER; ALTER TABLE audit_head ENABLE TRIGGER USER;"
      "ALTER TABLE audit_cuts ENABLE TRIGGER USER",
      deadline());
}

// What is removed stays on the disk until its place is used again; and in the server's log, which
// is not the store's.
void Connection::end_wiping() {
  wire_->run("VACUUM audit", deadline());
  wire_->run("VACUUM room_events", deadline());
  wire_->run("VACUUM room_sessions", deadline());
  wire_->run("VACUUM room_answers", deadline());
}

}  // namespace roomkey::store::driver::postgresql
