// What goes to the disk, and when.
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "roomkey/store/database.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

std::function<int()>* at_sync = nullptr;

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
  int count_ = 0;
  std::function<int()> counting_ = [this] {
    ++count_;
    return answer_();
  };
};

}  // namespace

// In place of the C library's, for SQLite as well.
extern "C" int fdatasync(int descriptor) {
  return at_sync == nullptr ? fsync(descriptor) : (*at_sync)();
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

}  // namespace
