#include "store/driver/sqlite/patience.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <thread>

namespace roomkey::store::driver::sqlite {

namespace {

// SQLite's own busy handler sleeps for 1 ms and more, an age beside a commit of microseconds. This
// one begins with 20 microseconds and ends when the time is up.
int wait_for_lock(void* context, int tries) {
  using Clock = std::chrono::steady_clock;
  auto& patience = *static_cast<Patience*>(context);
  if (tries == 0) patience.since = Clock::now();
  if (Clock::now() - patience.since >= patience.limit) return 0;
  std::this_thread::sleep_for(std::chrono::microseconds{std::min(5000, 20 << std::min(tries, 8))});
  return 1;
}

}  // namespace

void be_patient(sqlite3* file, Patience& patience) {
  sqlite3_busy_handler(file, wait_for_lock, &patience);
}

}  // namespace roomkey::store::driver::sqlite
