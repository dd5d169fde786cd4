#include "cli/hint.hpp"

#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

std::string hint(std::string_view fault, bool closed = false) {
  return std::string(cli::hint_for(fault, closed));
}

TEST(a_store_that_is_not_there_is_made_by_migrate) {
  expect(contains(hint("the store: unable to open database file"), "`roomkey db migrate`"),
         "no cure");
}

TEST(a_full_or_failing_disk_is_no_broken_store) {
  for (const auto* const fault :
       {"the store: disk I/O error", "the store: database or disk is full"}) {
    expect(contains(hint(fault), "df -h"), hint(fault));
  }
}

TEST(who_may_not_read_the_configuration_is_to_be_root_whatever_failed) {
  for (const auto* const fault : {"the store: unable to open database file", "", "anything"}) {
    expect(contains(hint(fault, true), "as root"), hint(fault, true));
  }
}

TEST(what_has_no_known_cure_has_no_hint) { expect(hint("anything").empty(), hint("anything")); }

TEST(only_what_is_there_can_be_closed) {
  const Folder folder;
  expect(!cli::is_closed(folder.file("missing")) && !cli::may_read(folder.path() + "/missing"),
         "closed");
}

}  // namespace
