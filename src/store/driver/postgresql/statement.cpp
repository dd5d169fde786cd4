#include "store/driver/postgresql/statement.hpp"

#include <algorithm>

#include "roomkey/base/text.hpp"
#include "store/driver/postgresql/dialect.hpp"

namespace roomkey::store::driver::postgresql {

namespace {

// Of the catalogue, and never another (pg_type.dat).
constexpr Oid kBytea = 17;
constexpr Oid kInt8 = 20;
constexpr Oid kText = 25;

constexpr const char* kPart = "500";

constexpr std::size_t kMostUnheard = 256;

// As many as a worker serves together.
constexpr std::size_t kAtOnce = 8;

std::int64_t rows_changed(const PGresult* result) {
  if (libpq().PQresultStatus(result) != PGRES_COMMAND_OK) return 0;
  return base::parse_number(libpq().PQcmdTuples(const_cast<PGresult*>(result))).value_or(0);
}

// Of a statement for the row with an id: for several.
std::string for_many(std::string_view sql) {
  constexpr std::string_view kOne = " = $1";
  if (!sql.ends_with(kOne)) throw std::logic_error("a statement for no one row is expected");
  std::string text(sql.substr(0, sql.size() - kOne.size()));
  text += " IN ($1";
  for (std::size_t i = 2; i <= kAtOnce; ++i) text += ", $" + std::to_string(i);
  return text + ')';
}

int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

// As the server writes bytes: \x0123
std::string bytes_of(std::string_view hexadecimal) {
  std::string bytes;
  for (std::size_t i = 2; i + 1 < hexadecimal.size(); i += 2) {
    bytes += static_cast<char>(digit(hexadecimal[i]) << 4 | digit(hexadecimal[i + 1]));
  }
  return bytes;
}

}  // namespace

Statement::Statement(Connection& connection, std::string_view sql)
    : connection_(connection),
      sql_(translated(sql)),
      changes_(!sql.starts_with("SELECT") && !sql.starts_with("INSERT INTO audit (")) {}

Value& Statement::value(int index) {
  const auto place = static_cast<std::size_t>(index);
  if (values_.size() < place) values_.resize(place);
  return values_[place - 1];
}

void Statement::bind_null(int index) { value(index) = {}; }
void Statement::bind_integer(int index, std::int64_t number) {
  value(index) = {kInt8, std::to_string(number), false};
}
void Statement::bind_text(int index, std::string_view text) {
  value(index) = {kText, std::string(text), true};
}
void Statement::bind_bytes(int index, std::string_view bytes) {
  value(index) = {kBytea, std::string(bytes), true};
}

void Statement::make_ready() {
  if (changes_) connection_.about_to_change();
  if (!name_.empty()) return;
  const std::string name = connection_.next_name();
  connection_.wire().prepare(name, sql_, values_, connection_.deadline());
  name_ = name;
}

void Statement::start() {
  row_ = end_ = 0;
  if (connection_.reads_in_parts()) {
    open_cursor();
    return fetch();
  }
  changed_ = 0;
  if (take_expected()) return;
  make_ready();
  rows_ = connection_.wire().run_prepared(name_, values_, connection_.deadline());
  end_ = libpq().PQntuples(rows_.get());
  changed_ = rows_changed(rows_.get());
  connection_.add_written(changed_);
}

bool Statement::expects_bound() const {
  const auto& ids = expected_.ids;
  return connection_.in_transaction() && expected_.era == connection_.era() &&
         std::find(ids.begin(), ids.end(), values_.front().bytes) != ids.end();
}

void Statement::expect() {
  if (values_.size() != 1 || values_.front().type != kInt8) {
    throw std::logic_error("what is expected is found by an id");
  }
  if (!connection_.in_transaction() || expects_bound()) return;
  if (expected_.era != connection_.era()) expected_ = Expected{connection_.era()};
  expected_.ids.push_back(*values_.front().bytes);
  connection_.expects(*this);
}

void Statement::ask() {
  if (expected_.era != connection_.era()) return;
  while (expected_.asked < expected_.ids.size()) {
    ++expected_.questions;
    std::vector<Value> ids;
    while (expected_.asked < expected_.ids.size() && ids.size() < kAtOnce) {
      ids.push_back({kInt8, expected_.ids[expected_.asked++], false});
    }
    ids.resize(kAtOnce, Value(ids.front()));
    if (many_.empty()) {
      const std::string name = connection_.next_name();
      connection_.wire().prepare(name, for_many(sql_), ids, connection_.deadline());
      many_ = name;
    }
    connection_.wire().send_prepared(many_, ids, [answers = expected_.answers](const Result& rows) {
      answers->push_back(rows);
    });
  }
}

// The row with the id that is bound, or none, if it was expected and nothing was changed since.
bool Statement::take_expected() {
  if (!expects_bound()) return false;
  connection_.ask_for_expected();
  const bool answered =
      expected_.asked == expected_.ids.size() && expected_.answers->size() == expected_.questions;
  if (!answered) return false;  // a fault was met: it is not for this to say that there is no row
  const std::string& id = *values_.front().bytes;
  for (const Result& rows : *expected_.answers) {
    const int count = libpq().PQntuples(rows.get());
    for (int row = 0; row < count; ++row) {
      if (id != libpq().PQgetvalue(rows.get(), row, 0)) continue;
      rows_ = rows;
      row_ = row;
      end_ = row + 1;
      return true;
    }
  }
  return true;
}

void Statement::run_unheard() {
  make_ready();
  Wire& wire = connection_.wire();
  wire.send_prepared(name_, values_, [&connection = connection_](const Result& result) {
    connection.add_written(rows_changed(result.get()));
  });
  if (wire.unheard() >= kMostUnheard) connection_.hear();
}

void Statement::open_cursor() {
  std::vector<std::size_t> nulls;
  std::vector<Value> values = values_;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].bytes) continue;
    nulls.push_back(i + 1);
    values[i].type = kInt8;  // any will do: it is named nowhere
  }
  cursor_ = connection_.next_name();
  connection_.wire().run("DECLARE " + cursor_ + " NO SCROLL CURSOR FOR " + with_nulls(sql_, nulls),
                         values, connection_.deadline());
}

void Statement::fetch() {
  auto results = connection_.wire().run(std::string("FETCH ") + kPart + " FROM " + cursor_,
                                        connection_.deadline());
  rows_ = std::move(results.back());
  row_ = 0;
  end_ = libpq().PQntuples(rows_.get());
}

bool Statement::step() {
  if (row_ < 0) {
    start();
  } else {
    ++row_;
  }
  if (row_ >= end_ && row_ > 0 && !cursor_.empty()) fetch();
  return row_ < end_;
}

void Statement::reset() noexcept {
  rows_.reset();
  row_ = -1;
  const std::string cursor = std::exchange(cursor_, {});
  if (cursor.empty() || !connection_.reads_in_parts()) return;
  try {
    connection_.wire().run("CLOSE " + cursor, connection_.deadline());
  } catch (const std::exception&) {
    connection_.wire().give_up();
  }
}

bool Statement::is_null(int column) const {
  return libpq().PQgetisnull(rows_.get(), row_, column) == 1;
}

std::int64_t Statement::integer(int column) const {
  if (is_null(column)) return 0;
  return std::strtoll(libpq().PQgetvalue(rows_.get(), row_, column), nullptr, 10);
}

std::string Statement::text(int column) const {
  const std::string_view text(
      libpq().PQgetvalue(rows_.get(), row_, column),
      static_cast<std::size_t>(libpq().PQgetlength(rows_.get(), row_, column)));
  return libpq().PQftype(rows_.get(), column) == kBytea ? bytes_of(text) : std::string(text);
}

}  // namespace roomkey::store::driver::postgresql
