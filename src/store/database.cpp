#include "roomkey/store/database.hpp"

#include <utility>

#include "store/audit_chain.hpp"
#include "store/driver/driver.hpp"
#include "store/query.hpp"

namespace roomkey::store {

using base::Unavailable;

Database::Database(Settings settings)
    : settings_(std::move(settings)), driver_(driver::driver_for(settings_.path)) {}
Database::Database(Settings settings, const driver::Driver& driver)
    : settings_(std::move(settings)), driver_(&driver) {}
Database::~Database() = default;

const driver::Driver& driver_of(const Database& database) {
  if (database.driver_ != nullptr) return *database.driver_;
  throw Unavailable(database.settings().called + ": its address " + address_fault(database.path()));
}

OpenStore& open_store_of(Database& database) {
  if (!database.open_) throw Unavailable("the store is not open");
  return *database.open_;
}

void Database::open(bool create) {
  open_.reset();
  open_.reset(new OpenStore{driver_of(*this).open(settings_, create)});
}

void Database::check_schema(Schema accepted) {
  const int version = schema();
  if (accepted == Schema::any) return;
  if (version > newest_schema()) {
    throw Unavailable(settings_.called + " has schema " + std::to_string(version) +
                          ", newer than " + std::to_string(newest_schema()) +
                          ", the newest that this roomkey knows",
                      Unavailable::Cause::newer_schema);
  }
  if (accepted == Schema::newest && version < newest_schema()) {
    throw Unavailable(settings_.called + " has schema " + std::to_string(version) + ", needed is " +
                          std::to_string(newest_schema()) + ": run `roomkey db migrate`",
                      Unavailable::Cause::older_schema);
  }
}

void Database::ready(Schema accepted) {
  if (open_ && open_->connection->usable()) return;
  open(false);
  try {
    check_schema(accepted);
  } catch (...) {
    open_.reset();
    throw;
  }
}

std::string_view Database::title() const { return driver_ == nullptr ? "" : driver_->title; }

const Files* Database::files() const { return driver_ == nullptr ? nullptr : driver_->files; }

const Backups* Database::backups() const { return driver_ == nullptr ? nullptr : driver_->backups; }

int Database::newest_schema() {
  return static_cast<int>(driver::all().front().migrations().size());
}

int Database::schema() { return open_store_of(*this).connection->schema(); }

int Database::migrate(int to) {
  open(true);
  try {
    check_schema(Schema::older);
    return take_steps(to);
  } catch (...) {
    open_.reset();  // or ready() would take it for a store
    throw;
  }
}

int Database::take_steps(int to) {
  const auto scripts = driver_of(*this).migrations();
  driver::Connection& connection = *open_->connection;
  connection.lay_out();
  int steps = 0;
  while (true) {
    Transaction transaction(*this);
    const int version = schema();  // read under the lock: another process may be migrating too
    if (version >= to) return steps;
    connection.migrate(scripts[static_cast<std::size_t>(version)], version + 1);
    transaction.commit();
    ++steps;
  }
}

Reading::Reading(Database& database)
    : store_(open_store_of(database)),
      outermost_(store_.readings == 0 && !store_.connection->in_transaction()) {
  write_events(database);
  if (outermost_) store_.connection->begin_reading();
  ++store_.readings;
}

Reading::~Reading() {
  --store_.readings;
  if (outermost_) store_.connection->end_reading();
}

Transaction::Transaction(Database& database, Lock lock) : database_(database) {
  const OpenStore& store = open_store_of(database_);
  outermost_ = !store.connection->in_transaction();
  written_before_ = store.written();
  if (outermost_) store.connection->begin(lock);
}

void Transaction::commit() {
  if (!outermost_) return;
  OpenStore& store = open_store_of(database_);
  store.connection->hear();
  try {
    write_events(database_);
    if (store.lacks_events) throw Unavailable("the store: the audit lacks events of what was done");
    store.connection->commit();
  } catch (const driver::BrokenRule& broken) {  // nothing else is heard as late as that
    refuse_event(broken);
  }
  ended_ = true;
}

void Transaction::roll_back() {
  OpenStore& store = open_store_of(database_);
  const bool has_written = store.written() != written_before_;
  if (ended_) return;
  if (outermost_) {
    ended_ = true;
    store.events.clear();
    store.lacks_events = false;
    if (has_written) store.keyed = false;
    if (store.connection->in_transaction()) store.connection->roll_back();
  } else if (has_written) {
    throw std::logic_error("a part of a transaction can't be undone");
  }
}

Transaction::~Transaction() {
  if (outermost_) roll_back();
}

}  // namespace roomkey::store
