#include "roomkey/store/copy.hpp"

#include <algorithm>
#include <array>

#include "store/audit_chain.hpp"
#include "store/query.hpp"

namespace roomkey::store {

namespace {

using base::Unavailable;

struct Column {
  std::string_view name;
  char kind;  // n: number, t: text, b: bytes
};

struct Table {
  std::string_view name;
  std::string_view key;      // it is read in this order
  std::string_view columns;  // "id:n email:t"
};

// Whom others point to comes first.
constexpr std::array kTables{
    Table{"users", "id", "id:n email:t name:t role:t active:n"},
    Table{"appointments", "id",
          "id:n patient_id:n psychologist_id:n starts_at:n duration_minutes:n status:t "
          "session_type:t"},
    Table{"rooms", "appointment_id", "appointment_id:n name:t created_at:n provider:t"},
    Table{"former_rooms", "name", "name:t appointment_id:n"},
    Table{"room_sessions", "sid", "sid:t appointment_id:n last_sequence:n"},
    Table{"room_events", "session_sid, sequence",
          "session_sid:t sequence:n event:t at:n participant_sid:t identity:t duration:n"},
    Table{"room_answers", "appointment_id", "appointment_id:n asked_at:n session:t"},
    Table{"removals", "appointment_id, user_id",
          "appointment_id:n user_id:n removed_at:n removed_by:n by_office:n"},
    Table{"evictions", "room, identity",
          "room:t identity:t provider:t appointment_id:n failures:n due_at:n"},
    Table{"visitors", "appointment_id, visitor",
          "appointment_id:n visitor:t state:t waiting_since:n last_seen:n"},
    Table{"guests", "id",
          "id:n appointment_id:n name:t kind:t code_digest:t device_digest:t expires_at:n "
          "last_used_at:n revoked:n"},
    Table{"import_numbers", "source", "source:t server:t kind:t number:n"},
    Table{"audit", "id",
          "id:n at:n request_id:t user_id:n appointment_id:n action:t outcome:t reason:t "
          "expires_at:n hash:b mac:b"},
    Table{"audit_cuts", "id",
          "id:n at:n last_event:n last_hash:b events:n signed_by:t reason:t witness:n hash:b"},
};
// A new store has its one row already, of an audit without events.
constexpr std::string_view kHeadTable = "audit_head";

std::vector<Column> columns_of(const Table& table) {
  std::vector<Column> columns;
  for (std::string_view left = table.columns; !left.empty();) {
    const auto one = left.substr(0, left.find(' '));
    columns.push_back({one.substr(0, one.find(':')), one.back()});
    left.remove_prefix(std::min(left.size(), one.size() + 1));
  }
  return columns;
}

std::string list_of(const std::vector<Column>& columns) {
  std::string list;
  for (const Column& column : columns) list.append(list.empty() ? "" : ", ").append(column.name);
  return list;
}

driver::Connection& connection_of(Database& database) {
  return *open_store_of(database).connection;
}

std::size_t count(Database& database, const Table& table) {
  const std::string sql = "SELECT count(*) FROM " + std::string(table.name);
  const auto statement = connection_of(database).prepare(sql.c_str());
  return statement->step() ? static_cast<std::size_t>(statement->integer(0)) : 0;
}

std::size_t count_all(Database& database) {
  std::size_t rows = 0;
  for (const Table& table : kTables) rows += count(database, table);
  return rows;
}

// Into a table, `rows` of them with each run: a server is far away.
class Insert {
 public:
  Insert(Database& to, const Table& table, std::size_t rows) : columns_(columns_of(table)) {
    std::string row = "(";
    for (std::size_t i = 0; i < columns_.size(); ++i) row += i == 0 ? "?" : ", ?";
    row += ')';
    sql_.append("INSERT INTO ").append(table.name).append(" (").append(list_of(columns_));
    sql_ += ") VALUES ";
    for (std::size_t i = 0; i < rows; ++i) sql_ += (i == 0 ? "" : ", ") + row;
    statement_ = connection_of(to).prepare(sql_.c_str());
  }

  void bind(std::size_t place, const driver::Statement& row) {
    int index = static_cast<int>(place * columns_.size());
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
      ++index;
      switch (row.is_null(i) ? '0' : columns_[static_cast<std::size_t>(i)].kind) {
        case '0': statement_->bind_null(index); break;
        case 'n': statement_->bind_integer(index, row.integer(i)); break;
        case 't': statement_->bind_text(index, row.text(i)); break;
        default: statement_->bind_bytes(index, row.text(i));
      }
    }
  }

  void run() {
    while (statement_->step()) continue;
    statement_->reset();
  }

 private:
  std::vector<Column> columns_;
  std::string sql_;
  std::unique_ptr<driver::Statement> statement_;
};

class Copying {
 public:
  Copying(Database& from, Database& to, const CopyProgress& progress)
      : from_(from), to_(to), progress_(progress), total_(count_all(from)) {}

  void copy(const Table& table) {
    constexpr std::size_t kAtOnce = 100;
    const std::size_t rows = count(from_, table);
    Insert many(to_, table, kAtOnce), one(to_, table, 1);
    std::string sql = "SELECT " + list_of(columns_of(table)) + " FROM ";
    sql.append(table.name).append(" ORDER BY ").append(table.key);
    const auto row = connection_of(from_).prepare(sql.c_str());
    for (std::size_t i = 0; row->step(); ++i) {
      const bool with_others = i < rows - rows % kAtOnce;
      Insert& insert = with_others ? many : one;
      insert.bind(with_others ? i % kAtOnce : 0, *row);
      if (!with_others || (i + 1) % kAtOnce == 0) insert.run();
      if (progress_) progress_(++done_, total_);
    }
    row->reset();
  }

  [[nodiscard]] std::size_t total() const { return total_; }

 private:
  Database& from_;
  Database& to_;
  const CopyProgress& progress_;
  std::size_t total_;
  std::size_t done_ = 0;
};

void copy_head(Database& from, Database& to) {
  const ChainHead head = read_head(from);
  Query(to, "UPDATE audit_head SET id = ?, hash = ?", head.id, Blob{head.hash}).run();
}

// Brings it up to date, unless there is something in it.
void make_empty(Database& to) {
  try {
    to.ready(Schema::any);
    if (to.schema() > 0 && count_all(to) > 0) throw Unavailable("the other store is not empty");
  } catch (const Unavailable& fault) {
    if (fault.cause() != Unavailable::Cause::missing) throw;
  }
  to.migrate();
}

void require_sound(const Verdict& copy) {
  std::string all;
  for (const auto& fault : copy.faults) all += (all.empty() ? "" : "; ") + fault;
  if (!all.empty()) throw Unavailable("the copy is not sound: " + all);
}

void copy_rows(Database& from, Database& to, Copying& copying) {
  Transaction transaction(to);
  driver::Connection& target = connection_of(to);
  target.begin_filling();
  for (const Table& table : kTables) copying.copy(table);
  copy_head(from, to);
  target.end_filling();
  transaction.commit();
}

}  // namespace

std::vector<std::string> copied_tables() {
  std::vector<std::string> names{std::string(kHeadTable)};
  for (const Table& table : kTables) names.emplace_back(table.name);
  return names;
}

Copied copy_store(Database& from, Database& to, const CopyProgress& progress) {
  from.ready();
  make_empty(to);
  Copied copied;
  AuditVerdict wanted;
  {
    const Reading reading(from);
    wanted = verify_audit(from);
    if (!wanted.fault.empty())
      throw Unavailable("the store's audit does not hold: " + wanted.fault);
    Copying copying(from, to, progress);
    copy_rows(from, to, copying);
    copied.rows = copying.total();
  }
  copied.verdict = verify_store(to);
  require_sound(copied.verdict);
  const bool same = copied.verdict.audit.events == wanted.events &&
                    copied.verdict.audit.head == wanted.head && count_all(to) == copied.rows;
  if (!same) throw Unavailable("the copy is not what was copied");
  copied.moved = audit_head(from).hash != copied.verdict.audit.head;
  return copied;
}

}  // namespace roomkey::store
