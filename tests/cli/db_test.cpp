#include <iostream>
#include <sstream>

#include "cli/commands.hpp"
#include "support/bare.hpp"
#include "support/folder.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

// What `work` says to standard error.
template <typename Work>
std::string said_by(Work&& work) {
  const std::ostringstream said;
  std::streambuf* const before = std::cerr.rdbuf(said.rdbuf());
  std::forward<Work>(work)();
  std::cerr.rdbuf(before);
  return said.str();
}

TEST(a_store_that_roomkey_can_not_back_up_says_so) {
  const Folder folder;
  const config::Environment environment;
  const config::Faults faults;
  cli::Session session{
      {},    false,       store::Database(settings_at(folder.file("x.db")), kBareDriver),
      kNine, environment, faults};
  session.database.migrate();
  const std::string wanted =
      "roomkey: error: roomkey can't back up or restore a store of Bare's\n"
      "roomkey: hint: use Bare's own tools\n";
  const std::string file = folder.file("backup.db");
  same(wanted, said_by([&] { same(cli::kUsage, cli::db_backup(session, file, std::nullopt)); }));
  same(wanted, said_by([&] { same(cli::kUsage, cli::db_restore(session, file)); }));
  expect(!std::filesystem::exists(file));
}

}  // namespace
