// One connection of libpq's. It never waits longer than it is told to: the server's own time-outs
// don't fire while a commit waits for a standby. Private to this driver.
#pragma once

#include <chrono>
#include <functional>
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
  bool conflict = false;  // with another transaction
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
  // Whether it was cut off, so that what was asked last may have been done.
  [[nodiscard]] bool is_lost() const { return lost_; }

  // Several statements at once; a result for each.
  std::vector<Result> run(const std::string& sql, Clock::time_point deadline);
  Result run(const std::string& sql, const std::vector<Value>& values, Clock::time_point deadline);
  void prepare(const std::string& name, const std::string& sql, const std::vector<Value>& values,
               Clock::time_point deadline);
  Result run_prepared(const std::string& name, const std::vector<Value>& values,
                      Clock::time_point deadline);

  // Who hears a statement's result; may throw as well.
  using Hear = std::function<void(const Result& result)>;
  // Not waited for: it goes with what is run next, or with hear(), and is heard before that.
  void send(const std::string& sql, Hear hear = {});
  void send_prepared(const std::string& name, const std::vector<Value>& values, Hear hear = {});
  [[nodiscard]] std::size_t unheard() const { return unheard_.size(); }
  // Waits for all that was sent; the last one's result, if any. Where one fails, those behind it
  // were not run; the first fault is thrown once all has been heard.
  Result hear(Clock::time_point deadline);

  // Whether the server has warned since it was asked last.
  [[nodiscard]] bool warned() { return std::exchange(heard_.warning, false); }

  // Whether it has found a conflict since.
  [[nodiscard]] bool met_conflict() { return std::exchange(heard_.conflict, false); }

  [[nodiscard]] int version() const;  // 150018
  [[nodiscard]] bool is_encrypted() const;
  // What the server reports of itself.
  [[nodiscard]] std::string parameter(const char* name) const;

 private:
  void connect(const Server& server, Clock::time_point deadline);
  // False where the time is up.
  bool wait(short events, Clock::time_point deadline);
  void wait_for_answer(short events, Clock::time_point deadline);
  void begin_sending();
  void sent(int done, Hear hear);
  bool read_result(Clock::time_point deadline, Result& result);
  void check(const PGresult* result);
  void note_loss(bool lost);
  void flush(Clock::time_point deadline);
  [[noreturn]] void lose(const std::string& why);

  std::string called_;
  PGconn* connection_ = nullptr;
  bool broken_ = false;
  bool lost_ = false;
  Heard heard_;
  std::vector<Hear> unheard_;  // one for each that was sent
};

}  // namespace roomkey::store::driver::postgresql
