// One connection of libpq's. It never waits longer than it is told to: the server's own time-outs
// don't fire while a commit waits for a standby. Private to this driver.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/driver/postgresql/address.hpp"
#include "store/driver/postgresql/libpq.hpp"

namespace roomkey::store::driver::postgresql {

using Clock = std::chrono::steady_clock;
inline constexpr Clock::time_point kNever = Clock::time_point::max();

// A parameter: its bytes, or null. Numbers are written as text.
struct Value {
  Oid type = 0;  // 0: what the place wants
  std::optional<std::string> bytes = {};
  bool binary = false;
};

// What the server said besides.
struct Heard {
  bool warning = false;
  bool farewell = false;
};

class Wire {
 public:
  // Throws Unavailable, as everything here does; `called` is the store's name in what is said.
  Wire(std::string called, const Server& server, Clock::time_point deadline);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // False once anything broke it, or where the server has hung up since.
  [[nodiscard]] bool works();
  // From now on it doesn't.
  void give_up() { broken_ = true; }

  // Several statements at once; a result for each.
  std::vector<Result> run(const std::string& sql, Clock::time_point deadline);
  Result run(const std::string& sql, const std::vector<Value>& values, Clock::time_point deadline);
  void prepare(const std::string& name, const std::string& sql, const std::vector<Value>& values,
               Clock::time_point deadline);
  Result run_prepared(const std::string& name, const std::vector<Value>& values,
                      Clock::time_point deadline);

  // Whether the server has warned since it was asked last.
  [[nodiscard]] bool warned() { return std::exchange(heard_.warning, false); }

  [[nodiscard]] int version() const;  // 150018
  [[nodiscard]] bool is_encrypted() const;
  // What the server reports of itself.
  [[nodiscard]] std::string parameter(const char* name) const;

 private:
  void connect(const Server& server, Clock::time_point deadline);
  // False where the time is up.
  bool wait(short events, Clock::time_point deadline);
  void wait_for_answer(short events, Clock::time_point deadline);
  void send(int sent);
  std::vector<Result> results(Clock::time_point deadline);
  void flush(Clock::time_point deadline);
  [[noreturn]] void lose(const std::string& why);

  std::string called_;
  PGconn* connection_ = nullptr;
  bool broken_ = false;
  Heard heard_;
};

}  // namespace roomkey::store::driver::postgresql
