#include "store/driver/sqlite/checkpoints.hpp"

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <system_error>
#include <utility>

namespace roomkey::store::driver::sqlite {

namespace {

using namespace std::chrono_literals;

// For readers, and before the last step for writers: all others wait meanwhile.
constexpr auto kMoment = 10ms;

struct Progress {
  bool ended = false;  // false: another connection is at it, or the disk fails
  int frames = 0;      // in the WAL
  int left = 0;        // of them
};

Progress checkpoint(sqlite3* file, int mode) {
  int frames = 0;
  int done = 0;
  const int code = sqlite3_wal_checkpoint_v2(file, nullptr, mode, &frames, &done);
  return {code == SQLITE_OK, frames, frames - done};
}

// Has the others wait until the rest is done and nobody reads the WAL, so that it starts over.
void let_it_start_over(sqlite3* file) { checkpoint(file, SQLITE_CHECKPOINT_RESTART); }

bool sync_store(sqlite3* file) {
  sqlite3_file* store = nullptr;
  sqlite3_file_control(file, "main", SQLITE_FCNTL_FILE_POINTER, &store);
  return store != nullptr && store->pMethods != nullptr &&
         store->pMethods->xSync(store, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

// Brings the WAL into the store's file and onto the disk, again and again, until little was added
// meanwhile. False where the rest is to stay: for another who is at it, or a long reader.
bool all_but_little(sqlite3* file) {
  constexpr int kRounds = 5;
  constexpr int kLittle = 100;
  for (int round = 0; round < kRounds; ++round) {
    const Progress made = checkpoint(file, SQLITE_CHECKPOINT_PASSIVE);
    if (!made.ended || made.frames < kCheckpointEvery) return false;
    if (made.left > 0 && !sync_store(file)) return false;
    if (made.left <= kLittle) return true;
  }
  return false;
}

// No two connections do it at once: SQLite refuses the later one, which leaves it at that.
void checkpoint_beside(const std::string& path) {
  const SQLite::Database file(path, SQLite::OPEN_READWRITE);
  sqlite3* const handle = file.getHandle();
  Patience patience{kMoment};
  be_patient(handle, patience);
  // SQLite knows of a WAL once it has read something.
  sqlite3_exec(handle, "PRAGMA user_version", nullptr, nullptr, nullptr);
  if (all_but_little(handle)) let_it_start_over(handle);
}

void checkpoint_here(sqlite3* file, Patience& patience) {
  const auto limit = std::exchange(patience.limit, kMoment);
  checkpoint(file, SQLITE_CHECKPOINT_PASSIVE);
  let_it_start_over(file);
  patience.limit = limit;
}

}  // namespace

Checkpoint CheckpointRule::after_commit(int frames) {
  if (frames < kCheckpointEvery) next_ = kCheckpointEvery;
  if (frames < next_) return Checkpoint::none;
  next_ = frames + kCheckpointEvery / 4;
  return frames < kCheckpointAtOnce ? Checkpoint::due : Checkpoint::at_once;
}

void Checkpoints::after_commit(sqlite3* file, int frames, Patience& patience) {
  const Checkpoint what = rule_.after_commit(frames);
  if (what == Checkpoint::none) return;
  if (what == Checkpoint::due && beside_ && start()) return;
  if (thread_.valid()) thread_.wait();
  checkpoint_here(file, patience);
}

// False where the system gives no thread.
bool Checkpoints::start() {
  if (thread_.valid() && thread_.wait_for(0s) != std::future_status::ready) return true;
  try {
    thread_ = std::async(std::launch::async, checkpoint_beside, path_);
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

}  // namespace roomkey::store::driver::sqlite
