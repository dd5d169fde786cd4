// A statement of PostgreSQL's: prepared when it runs first, for then the types of its parameters
// are known. Within a reading its rows come in parts, by a cursor.
#pragma once

#include <memory>
#include <vector>

#include "store/driver/postgresql/connection.hpp"

namespace roomkey::store::driver::postgresql {

class Statement final : public driver::Statement {
 public:
  Statement(Connection& connection, std::string_view sql);

  void bind_null(int index) override;
  void bind_integer(int index, std::int64_t value) override;
  void bind_text(int index, std::string_view value) override;
  void bind_bytes(int index, std::string_view value) override;
  void expect() override;
  bool step() override;
  void run_unheard() override;
  [[nodiscard]] std::int64_t changed() const override { return changed_; }
  void reset() noexcept override;
  [[nodiscard]] bool is_null(int column) const override;
  [[nodiscard]] std::int64_t integer(int column) const override;
  [[nodiscard]] std::string text(int column) const override;

  // For the rows that it expects and has not asked for yet. Not waited for.
  void ask();

 private:
  // Rows by their ids, in the connection's era.
  struct Expected {
    std::uint64_t era = 0;
    std::vector<std::string> ids = {};
    std::size_t asked = 0;  // of these
    std::size_t questions = 0;
    std::shared_ptr<std::vector<Result>> answers = std::make_shared<std::vector<Result>>();
  };
  Value& value(int index);
  void make_ready();
  void start();
  [[nodiscard]] bool expects_bound() const;
  bool take_expected();
  void open_cursor();
  void fetch();

  Connection& connection_;
  std::string sql_;
  bool changes_;        // what others decide by
  std::string name_;    // once it is prepared
  std::string many_;    // the same for several rows
  std::string cursor_;  // while one is open
  std::vector<Value> values_;
  Result rows_;
  int row_ = -1;
  int end_ = 0;  // behind the last row
  Expected expected_;
  std::int64_t changed_ = 0;
};

}  // namespace roomkey::store::driver::postgresql
