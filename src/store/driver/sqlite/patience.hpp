// How a connection waits for another's lock.
#pragma once

#include <chrono>

struct sqlite3;

namespace roomkey::store::driver::sqlite {

// One for each connection, which it outlives.
struct Patience {
  std::chrono::milliseconds limit;
  std::chrono::steady_clock::time_point since = {};  // of the wait that goes on
};

// Has `file` wait so from now on.
void be_patient(sqlite3* file, Patience& patience);

}  // namespace roomkey::store::driver::sqlite
