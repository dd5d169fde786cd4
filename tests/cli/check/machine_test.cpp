#include <sys/stat.h>
#include <unistd.h>

#include "cli/check/checked.hpp"
#include "support/bare.hpp"
#include "support/folder.hpp"
#include "support/full_disk.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using base::Findings;

base::Findings store_at(const std::string& path) {
  store::Database database(store::Settings{path});
  base::Findings findings;
  cli::check::check_store(findings, database);
  return findings;
}

TEST(a_store_that_was_migrated_is_sound) {
  const Folder folder;
  store::Database(store::Settings{folder.file("x.db")}).migrate();
  came_out("ok store", store_at(folder.file("x.db")), "sound: schema ");
}

TEST(a_store_that_can_not_be_used_says_why_and_what_to_do) {
  const Folder folder;
  came_out("error store", store_at(folder.file("missing.db")), "`roomkey db migrate` makes");
  came_out("error store", store_at(folder.path()), "roomkey's store");
  came_out("error store", store_at(folder.file("text", std::string(5000, 'x'))), "not a database");
  came_out("error store", store_at(folder.file("empty", "")), "Run `roomkey db migrate`.");
}

TEST(a_store_on_a_full_disk_is_a_problem) {
  const Folder folder;
  store::Database database(store::Settings{folder.file("x.db")});
  database.migrate();
  const FullDisk full;
  base::Findings findings;
  cli::check::check_store(findings, database);
  came_out("error store", findings,
           "The store: its disk is full.\n    See whether its disk is full");
}

TEST(a_store_on_another_machines_disk_is_a_warning) {
  const auto said = [](const std::string& type) {
    base::Findings findings;
    cli::check::check_file_system(findings, "/srv/roomkey.db", type);
    return findings;
  };
  came_out("warn store", said("nfs4"),
           "The store /srv/roomkey.db lies on a file system of another");
  came_out("", said(""));
}

TEST(a_store_that_is_broken_inside_is_found) {
  const Folder folder;
  const std::string path = folder.file("x.db");
  store::Database(store::Settings{path}).migrate();
  std::string content = content_of(path);
  content.replace(3 * 2048, 2048, std::string(2048, 'x'));
  const base::Findings findings = store_at(folder.file("broken.db", content));
  expect(findings.count(base::Finding::Level::error) > 0 &&
             findings.count(base::Finding::Level::ok) == 0,
         cli::check::to_text(findings, ""));
}

base::Findings files(const std::string& env_file, const std::string& store,
                     const std::string& secret_file = "") {
  config::Environment environment;
  environment.set("TWILIO_API_SECRET_FILE", secret_file);
  base::Findings findings;
  const store::Database database(store::Settings{store});
  cli::check::check_files(findings, environment, env_file, database);
  return findings;
}

TEST(files_that_others_may_read_or_write_are_said) {
  const Folder folder;
  const std::string env = folder.file("env", ""), secret = folder.file("secret", "");
  const std::string store = folder.file("x.db", "");
  const auto mode = [](const std::string& path, mode_t bits) { chmod(path.c_str(), bits); };
  for (const auto& path : {env, secret, store}) mode(path, 0640);
  came_out("ok file_rights", files(env, store, secret));
  for (const auto& path : {env, secret, store}) {
    mode(path, 0644);
    came_out("warn file_rights", files(env, store, secret),
             path + ", can be read by everybody on this machine.\n    chmod o-rwx " + path);
    mode(path, 0602);
    came_out("error file_rights", files(env, store, secret), "can be changed by everybody");
    mode(path, 0600);
  }
  mode(folder.path(), 0755);
  came_out("ok file_rights", files(env, store, secret));
  mode(folder.path(), 0777);
  came_out("error file_rights", files(env, store), "The store's folder, ");
  mode(folder.path(), 0700);
}

TEST(what_sqlite_keeps_beside_the_store_must_be_its_owners) {
  if (geteuid() != 0) return;  // nobody else can give a file away
  const Folder folder;
  const std::string store = folder.file("x.db", ""), wal = folder.file("x.db-wal", "");
  for (const auto& path : {store, wal}) chmod(path.c_str(), 0600);
  came_out("ok file_rights", files("", store));
  expect(chown(store.c_str(), 65534, 65534) == 0, "chown");
  came_out("error file_rights", files("", store), "chown --reference " + store + ' ' + wal);
}

TEST(a_store_without_files_has_none_to_look_at) {
  const Folder folder;
  const std::string path = folder.file("x.db");
  store::Database database(store::Settings{path}, kBareDriver);
  base::Findings findings;
  cli::check::check_store(findings, database);
  came_out("error store", findings,
           "See that ROOMKEY_DB names roomkey's store, and that it answers.");
  database.migrate();
  findings = {};
  cli::check::check_store(findings, database);
  came_out("ok store", findings, "sound: schema ");
  chmod(path.c_str(), 0666);
  findings = {};
  const config::Environment environment;
  const std::string env = folder.file("env", "");
  chmod(env.c_str(), 0600);
  cli::check::check_files(findings, environment, env, database);
  came_out("ok file_rights", findings, "Configuration and secrets are closed");
}

TEST(an_address_that_is_nobody_s_is_a_fault_of_the_configuration_alone) {
  came_out("", store_at("mysql://clinic"));
}

TEST(files_that_are_not_there_are_others_business) {
  came_out("", files("/nonexistent/env", "/nonexistent/x.db", "a-secret-in-the-wrong-place"));
}

}  // namespace
