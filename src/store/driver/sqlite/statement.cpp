#include "store/driver/sqlite/statement.hpp"

#include <sqlite3.h>

namespace roomkey::store::driver::sqlite {

Statement::Statement(Connection& connection, const char* sql)
    : connection_(connection), statement_(connection.file(), sql) {}

void Statement::bind_null(int index) {
  connection_.guarded([&] { statement_.bind(index); });
}
void Statement::bind_integer(int index, std::int64_t value) {
  connection_.guarded([&] { statement_.bind(index, value); });
}
void Statement::bind_text(int index, std::string_view value) {
  connection_.guarded([&] { statement_.bind(index, std::string(value)); });
}
void Statement::bind_bytes(int index, std::string_view value) {
  connection_.guarded(
      [&] { statement_.bind(index, value.data(), static_cast<int>(value.size())); });
}

bool Statement::step() {
  return connection_.guarded([&] { return statement_.executeStep(); });
}
std::int64_t Statement::changed() const {
  return sqlite3_changes64(connection_.file().getHandle());
}
void Statement::reset() noexcept { statement_.tryReset(); }

bool Statement::is_null(int column) const { return statement_.getColumn(column).isNull(); }
std::int64_t Statement::integer(int column) const {
  return statement_.getColumn(column).getInt64();
}
std::string Statement::text(int column) const { return statement_.getColumn(column).getString(); }

}  // namespace roomkey::store::driver::sqlite
