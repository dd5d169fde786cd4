#include "store/driver/sqlite/checkpoints.hpp"

#include "support/test.hpp"

namespace {

using namespace roomkey::store::driver::sqlite;
using namespace roomkey::test;

constexpr int kEvery = kCheckpointEvery;

TEST(a_checkpoint_is_due_once_in_so_many_frames) {
  CheckpointRule rule;
  expect(rule.after_commit(1) == Checkpoint::none);
  expect(rule.after_commit(kEvery - 1) == Checkpoint::none);
  expect(rule.after_commit(kEvery) == Checkpoint::due);
  expect(rule.after_commit(kEvery + 1) == Checkpoint::none, "one is under way");
  expect(rule.after_commit(2) == Checkpoint::none, "the WAL has started over");
  expect(rule.after_commit(kEvery) == Checkpoint::due);
}

TEST(a_checkpoint_that_somebody_is_in_the_way_of_is_due_again) {
  CheckpointRule rule;
  expect(rule.after_commit(kEvery) == Checkpoint::due);
  expect(rule.after_commit(kEvery + kEvery / 4 - 1) == Checkpoint::none);
  expect(rule.after_commit(kEvery + kEvery / 4) == Checkpoint::due);
}

TEST(a_wal_that_grows_all_the_same_is_checkpointed_by_the_commit) {
  CheckpointRule rule;
  expect(rule.after_commit(kCheckpointAtOnce - 1) == Checkpoint::due);
  expect(rule.after_commit(kCheckpointAtOnce) == Checkpoint::none);
  expect(rule.after_commit(kCheckpointAtOnce + kEvery / 4) == Checkpoint::at_once);
  expect(CheckpointRule().after_commit(kCheckpointAtOnce) == Checkpoint::at_once);
}

}  // namespace
