#include "cli/cures.hpp"

#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

using Cause = base::Unavailable::Cause;

TEST(a_store_that_is_not_there_is_made_by_migrate) {
  expect(contains(cli::hint_for(Cause::missing), "`roomkey db migrate`"));
  expect(
      contains(cli::cure_for_store(Cause::missing, "/nonexistent/x.db"), "`roomkey db migrate`"));
}

TEST(a_full_or_failing_disk_is_no_broken_store) {
  const Folder folder;
  const std::string store = folder.file("x.db", "");
  for (const auto cause : {Cause::disk_full, Cause::disk_fails}) {
    expect(contains(cli::hint_for(cause), "df -h"));
    expect(contains(cli::cure_for_store(cause, store), "df -h " + folder.path()));
  }
}

TEST(each_cause_has_its_own_cure) {
  const Folder folder;
  const std::string store = folder.file("x.db", "");
  for (const auto& [cause, part] : std::initializer_list<std::pair<Cause, const char*>>{
           {Cause::older_schema, "Run `roomkey db migrate`"},
           {Cause::newer_schema, "Install the newer roomkey"},
           {Cause::locked, "Another program holds it"},
           {Cause::no_inodes, "df -i"},
           {Cause::quota, "Raise the quota"},
           {Cause::disk_read_only, "remount,rw"},
           {Cause::not_allowed, "chown -R roomkey:roomkey"},
           {Cause::unreadable, "it is broken"},
           {Cause::other, "it is broken"}}) {
    const std::string cure = cli::cure_for_store(cause, store);
    expect(contains(cure, part), cure);
  }
}

TEST(what_has_no_known_cure_has_no_hint) { same("", cli::hint_for(Cause::other)); }

TEST(only_what_is_there_can_be_closed) {
  const Folder folder;
  expect(!cli::is_closed(folder.file("missing")) && !cli::may_read(folder.path() + "/missing"),
         "closed");
}

}  // namespace
