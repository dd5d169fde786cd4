#include "store/driver/sqlite/patience.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <thread>

namespace roomkey::store::driver::sqlite {

namespace {

using namespace std::chrono_literals;

// SQLite's own busy handler sleeps for 1 ms and more, an age beside a commit of microseconds. This
// one looks again when a sixteenth of what it has waited already has passed, so that it comes
// little later than it could even where the other was put off a CPU with the lock in its hand, and
// a lock that is held for long is not asked for all the time.
int wait_for_lock(void* context, int tries) {
  using Clock = std::chrono::steady_clock;
  auto& patience = *static_cast<Patience*>(context);
  if (tries == 0) patience.since = Clock::now();
  const Clock::duration waited = Clock::now() - patience.since;
  if (waited >= patience.limit) return 0;
  std::this_thread::sleep_for(std::clamp<Clock::duration>(waited / 16, 20us, 5ms));
  return 1;
}

}  // namespace

void be_patient(sqlite3* file, Patience& patience) {
  sqlite3_busy_handler(file, wait_for_lock, &patience);
}

}  // namespace roomkey::store::driver::sqlite
