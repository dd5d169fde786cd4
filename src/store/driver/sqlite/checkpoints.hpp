// When what was committed goes from the WAL into the store's file, and who brings it there.
// SQLite's own way, a checkpoint after each commit past a limit, never ends under load: some worker
// is always reading, so the WAL can't start over, and every commit pays for a sync.
#pragma once

#include <future>
#include <string>

#include "store/driver/sqlite/patience.hpp"

struct sqlite3;

namespace roomkey::store::driver::sqlite {

// In frames, of a page of 2 KiB each: 8 MiB.
inline constexpr int kCheckpointEvery = 4000;
// What is done beside the commits has come to nothing where so many wait for it: 32 MiB.
inline constexpr int kCheckpointAtOnce = 4 * kCheckpointEvery;

enum class Checkpoint { none, due, at_once };

// What a commit that leaves so many frames in the WAL brings about. What was due is due again a
// quarter later, as long as the WAL has not started over: somebody may read as of before.
class CheckpointRule {
 public:
  [[nodiscard]] Checkpoint after_commit(int frames);

 private:
  int next_ = kCheckpointEvery;
};

// Of one connection.
class Checkpoints {
 public:
  // With `beside`, a thread with a connection of its own does what is due while commits go on.
  Checkpoints(std::string path, bool beside) : path_(std::move(path)), beside_(beside) {}

  void after_commit(sqlite3* file, int frames, Patience& patience);

 private:
  [[nodiscard]] bool start();

  std::string path_;
  bool beside_;
  CheckpointRule rule_;
  std::future<void> thread_;  // waited for at the end
};

}  // namespace roomkey::store::driver::sqlite
