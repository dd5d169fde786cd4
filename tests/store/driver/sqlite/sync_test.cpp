// What goes to the disk, and when.
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <optional>
#include <semaphore>
#include <thread>

#include "roomkey/store/database.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

std::atomic<std::function<int()>*> at_sync = nullptr;

// While it lives, SQLite's syncs come here instead of to the disk.
class Syncs {
 public:
  explicit Syncs(std::function<int()> answer = [] { return 0; }) : answer_(std::move(answer)) {
    at_sync = &counting_;
  }
  ~Syncs() { at_sync = nullptr; }
  Syncs(const Syncs&) = delete;
  Syncs& operator=(const Syncs&) = delete;
  [[nodiscard]] int count() const { return count_; }

 private:
  std::function<int()> answer_;
  std::atomic<int> count_ = 0;
  std::function<int()> counting_ = [this] {
    ++count_;
    return answer_();
  };
};

}  // namespace

// In place of the C library's, for SQLite as well.
extern "C" int fdatasync(int descriptor) {
  auto* const instead = at_sync.load();
  return instead == nullptr ? fsync(descriptor) : (*instead)();
}

namespace {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::base::Unavailable;

TEST(with_full_sync_a_commit_is_on_the_disk_when_it_returns) {
  const Folder folder;
  auto settings = settings_at(closed_store(folder));
  for (const auto sync : {Sync::normal, Sync::full}) {
    settings.sync = sync;
    Database database(settings);
    database.ready();
    append_audit(database, event_at(kNine));  // the first of a connection may make the WAL
    const Syncs syncs;
    append_audit(database, event_at(kNine));
    same(sync == Sync::full ? 1 : 0, syncs.count());
  }
}

TEST(nobody_waits_for_the_lock_while_another_s_commit_goes_to_the_disk) {
  const Folder folder;
  auto settings = settings_at(closed_store(folder));
  settings.sync = Sync::full;
  Database database(settings);
  database.ready();
  append_audit(database, event_at(kNine));
  int seen = 0;
  const Syncs syncs([&] {
    Raw other(settings.path);
    other.run("BEGIN IMMEDIATE");
    seen = std::stoi(other.text("SELECT count(*) FROM audit"));
    return 0;
  });
  append_audit(database, event_at(kNine));
  same(2, seen);
}

TEST(what_the_disk_does_not_take_is_unavailable) {
  const Folder folder;
  auto settings = settings_at(closed_store(folder));
  settings.sync = Sync::full;
  Database database(settings);
  database.ready();
  append_audit(database, event_at(kNine));
  {
    const Syncs failing([] {
      errno = EIO;
      return -1;
    });
    const auto why = throws<Unavailable>([&] { append_audit(database, event_at(kNine)); });
    expect(contains(why, "I/O"), why);
  }
  database.ready();
  append_audit(database, event_at(kNine));
  same("", verify_audit(database).fault);
}

// Another program that fills the WAL: the next commit of the store finds 500 frames more.
class Filler {
 public:
  explicit Filler(const std::string& path) : raw_(path) {
    raw_.run(
        "PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = OFF;"
        "CREATE TABLE filler (x); INSERT INTO filler VALUES (0)");
  }
  void commit_until(Database& database, const std::function<bool()>& done) {
    while (!done()) {
      raw_.run("UPDATE filler SET x = randomblob(1000000)");
      append_audit(database, event_at(kNine));
    }
  }

 private:
  Raw raw_;
};

std::int64_t frames(const Database& database) {
  const auto size = std::filesystem::file_size(database.path() + "-wal");
  return static_cast<std::int64_t>(size) / (24 + 2048);
}

Settings settings_of_a_worker(const Folder& folder) {
  auto settings = settings_at(closed_store(folder));
  settings.checkpoints_beside = true;
  return settings;
}

// The databases come last: their threads are waited for before what they call here is gone.
TEST(commits_go_on_beside_a_checkpoint) {
  const Folder folder;
  const auto settings = settings_of_a_worker(folder);
  const auto here = std::this_thread::get_id();
  std::atomic<int> by_commits = 0;
  std::atomic<int> beside = 0;
  std::counting_semaphore<100> go_on{0};
  const Syncs syncs([&] {
    if (std::this_thread::get_id() == here) return ++by_commits, 0;
    ++beside;
    go_on.acquire();
    return 0;
  });
  Database second(settings);
  std::optional<Database> first(settings);
  first->ready();
  second.ready();
  append_audit(*first, event_at(kNine));  // the first of a connection may make the WAL
  Filler filler(settings.path);
  by_commits = 0;
  filler.commit_until(*first, [&] { return beside > 0; });
  const auto begun = frames(second);
  expect(begun >= 4000, "too early: " + std::to_string(begun));
  filler.commit_until(second, [&] { return frames(second) > begun + 1500; });
  filler.commit_until(*first, [&] { return frames(second) > begun + 3000; });
  same(0, by_commits.load());
  same(1, beside.load());  // the second leaves it to the first
  go_on.release(100);
  first.reset();
  // The WAL starts over, so its file grows no more.
  const auto most = frames(second);
  filler.commit_until(second, [left = 4]() mutable { return left-- == 0; });
  same(most, frames(second));
  same("", verify_audit(second).fault);
}

TEST(a_commit_makes_the_checkpoint_where_the_thread_beside_can_not) {
  const Folder folder;
  const auto here = std::this_thread::get_id();
  std::atomic<int> by_commits = 0;
  const Syncs syncs([&] {
    if (std::this_thread::get_id() == here) return ++by_commits, 0;
    errno = EIO;
    return -1;
  });
  Database database(settings_of_a_worker(folder));
  database.ready();
  append_audit(database, event_at(kNine));
  Filler filler(database.path());
  by_commits = 0;
  filler.commit_until(database, [&] { return by_commits > 0; });
  expect(frames(database) >= 16000 && frames(database) < 17100, std::to_string(frames(database)));
  same("", verify_audit(database).fault);
}

}  // namespace
