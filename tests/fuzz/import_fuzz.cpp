// `roomkey import` of any file, all the way into a store: what fails changes nothing, what is taken
// can be taken again and changes nothing then, and the store stays sound. The high bit of the first
// byte asks for a dry run.
#include <sys/mman.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "cli/import/command.hpp"
#include "fuzz.hpp"
#include "roomkey/base/log.hpp"
#include "roomkey/store/verify.hpp"
#include "support/store.hpp"

namespace {

using namespace roomkey;
using fuzz::promise;

cli::Session& session() {
  static const config::Environment environment;
  static const config::Faults faults;
  static std::unique_ptr<cli::Session> standing;
  static int runs = 0;
  if (runs++ % 200 == 0) {
    standing.reset(new cli::Session{{},
                                    true,
                                    store::Database(test::settings_at(":memory:")),
                                    test::kNine,
                                    environment,
                                    faults});
    test::fill(standing->database);
  }
  return *standing;
}

std::string content(store::Database& database) {
  std::string all;
  store::each_user(database, [&](const access::User& user) {
    all += std::to_string(user.id) + user.email + user.name + std::string(word(user.role)) + ';';
  });
  store::each_appointment(database, [&](const access::Appointment& one) {
    all += std::to_string(one.id) + ' ' + std::to_string(one.patient_id) + ' ' +
           std::to_string(one.psychologist_id) + ' ' + (one.room ? one.room->name : "-") + ';';
  });
  return all;
}

}  // namespace

FUZZ(input) {
  base::set_up_log("error");
  std::cout.rdbuf(nullptr);
  std::cerr.rdbuf(nullptr);
  static const int file = memfd_create("import", 0);
  const bool dry_run = (input.byte() & 0x80) != 0;
  const auto text = input.rest();
  promise(ftruncate(file, 0) == 0 && pwrite(file, text.data(), text.size(), 0) >= 0, "written");
  cli::Session& session = ::session();
  const std::vector<std::string> files{"/proc/self/fd/" + std::to_string(file)};
  const std::string before = content(session.database);
  const int status = cli::import::run(session, files, dry_run);
  promise(status == cli::kDone || status == cli::kFailed, "done or failed");
  const std::string after = content(session.database);
  if (status == cli::kFailed || dry_run) promise(before == after, "nothing was changed", after);
  if (status == cli::kFailed || dry_run) return;
  promise(cli::import::run(session, files, false) == cli::kDone, "taken again");
  promise(content(session.database) == after, "which changes nothing", after);
  const auto verdict = store::verify_store(session.database);
  promise(verdict.faults.empty(), "the store is sound",
          verdict.faults.empty() ? "" : verdict.faults.front());
}
