// A prepared statement of SQLite's.
#pragma once

#include <SQLiteCpp/Statement.h>

#include "store/driver/sqlite/connection.hpp"

namespace roomkey::store::driver::sqlite {

class Statement final : public driver::Statement {
 public:
  Statement(Connection& connection, const char* sql);

  void bind_null(int index) override;
  void bind_integer(int index, std::int64_t value) override;
  void bind_text(int index, std::string_view value) override;
  void bind_bytes(int index, std::string_view value) override;
  bool step() override;
  [[nodiscard]] std::int64_t changed() const override;
  void reset() noexcept override;
  [[nodiscard]] bool is_null(int column) const override;
  [[nodiscard]] std::int64_t integer(int column) const override;
  [[nodiscard]] std::string text(int column) const override;

 private:
  Connection& connection_;
  SQLite::Statement statement_;
};

}  // namespace roomkey::store::driver::sqlite
