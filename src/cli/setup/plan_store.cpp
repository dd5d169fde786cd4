// A store that a server keeps: looked at before anything is written, and the way of the workers'
// units to it.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cli/check/checks.hpp"
#include "cli/cures.hpp"
#include "cli/session.hpp"
#include "cli/setup/child.hpp"
#include "cli/setup/plan.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/file.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/store/about.hpp"
#include "roomkey/store/audit.hpp"
#include "roomkey/store/users.hpp"

namespace roomkey::cli::setup {

namespace {

using base::Unavailable;
using Cause = Unavailable::Cause;

constexpr const char* kKey = "ROOMKEY_AUDIT_KEY";
constexpr const char* kHead =
    "# Written by `roomkey setup --db` and written anew by its next run.\n";

int refuse(const std::string& why, std::string_view hint) {
  fail(kFailed, why, std::string(hint));
  return fail(kFailed, "nothing was changed");
}

// What can be done here is said by flags.
std::string hint_here(Cause cause) {
  switch (cause) {
    case Cause::older_schema:
    case Cause::not_allowed:
      return "first run as the tables' owner: roomkey db migrate --worker ROLE "
             "(docs/postgresql.md)";
    case Cause::alone: return "give it one, or --db-alone allow where one server is enough";
    case Cause::refused: return "see the role, its password (--db-password-file), and pg_hba.conf";
    default: return std::string(hint_for(cause));
  }
}

bool is_about_store(const std::string& variable) { return variable.starts_with("ROOMKEY_DB"); }

// Given again, an address is looked up again.
bool is_touched(const Plan& plan, const SetupFlags& flags) {
  const auto about_store = [](const auto& pair) { return is_about_store(pair.first); };
  return std::any_of(plan.variables.begin(), plan.variables.end(), about_store) ||
         std::any_of(flags.settings.begin(), flags.settings.end(), about_store);
}

// As the workers will have it.
store::Settings store_to_be(const Plan& plan, const Present& present) {
  config::Environment environment;
  static_cast<void>(config::read_env_file(
      plan.env_text, [&](const config::Assignment& one) { environment.set(one.name, one.value); }));
  if (std::filesystem::is_directory(present.places.credentials())) {
    environment.set("CREDENTIALS_DIRECTORY", present.places.credentials());
  }
  config::Faults ignored;
  return config::read_config(environment, ignored).store;
}

// Everybody who may read the change that is told of would read it.
bool holds_password(const std::string& address) {
  const auto host = address.find("//");
  return host != address.npos && address.find(':', host) < address.find('@', host);
}

std::vector<std::string> addresses_of(const std::vector<std::string>& hosts) {
  std::vector<std::string> all;
  for (const auto& host : hosts) {
    const auto found = check::look_up(host);
    if (found.addresses.empty()) {
      throw Unavailable("the store's server " + host + " has no address that can be found",
                        Cause::away);
    }
    for (const auto& address : found.addresses) {
      if (std::find(all.begin(), all.end(), address) == all.end()) all.push_back(address);
    }
  }
  return all;
}

// Those that only a name server knows. The units that have no way but the drop-in's can't ask one.
std::vector<std::string> not_in_hosts(const std::vector<std::string>& hosts) {
  std::ifstream file("/etc/hosts");
  std::vector<std::string> known, list;
  for (std::string line; std::getline(file, line);) {
    for (auto& word : site::words_of(line.substr(0, line.find('#')))) known.push_back(word);
  }
  for (const auto& host : hosts) {
    const bool is_address =
        host.find(':') != host.npos || host.find_first_not_of("0123456789.") == host.npos;
    if (!is_address && std::find(known.begin(), known.end(), host) == known.end()) {
      list.push_back(host);
    }
  }
  return list;
}

std::string drop_in(const Present& present, const std::vector<std::string>& addresses) {
  const auto form = base::read_file(present.places.drop_in_template());
  auto filled =
      form ? site::fill_in(*form, {{"STORE_SERVERS", site::line_of(addresses)}}) : form.error();
  if (!filled) {
    throw Unavailable(present.places.drop_in_template() + ": " + filled.error().detail);
  }
  const auto section = filled->find("[Service]");
  return kHead + filled->substr(std::min(section, filled->size()));
}

void settle_drop_ins(Plan& plan, const Present& present, const store::Database& database) {
  const auto hosts = plan.served ? hosts_of(database) : std::vector<std::string>();
  const auto addresses = addresses_of(hosts);
  if (const auto names = not_in_hosts(hosts); !names.empty()) {
    plan.notes.push_back("put " + site::line_of(names) +
                         " into /etc/hosts: the token workers and backups have no way to a name "
                         "server (docs/postgresql.md)");
  }
  const std::string content = addresses.empty() ? "" : drop_in(present, addresses);
  for (const char* unit : {"roomkey-token@.service", "roomkey-backup.service"}) {
    const std::string path = present.places.drop_in_folder(unit) + "/store.conf";
    const auto old = base::read_file(path);
    if (old ? *old != content : !content.empty()) plan.drop_ins.push_back({path, content});
  }
}

// That a worker could add to it: its lock, its standby, its audit and the key of that. Nothing is
// left behind.
void try_event(store::Database& database) {
  store::Transaction transaction(database);
  append_audit(transaction, database,
               {0, base::SystemClock().now(), "cli", std::nullopt, std::nullopt, "setup",
                store::Outcome::changed, std::nullopt, std::nullopt});
  write_events(transaction, database);
}

// The file that was the store until now, if there is one.
std::string store_before(const Present& present) {
  const std::string named = present.env.get("ROOMKEY_DB");
  const std::string path = named.empty() ? present.places.store() : named;
  std::error_code ignored;
  return std::filesystem::exists(path, ignored) ? path : "";
}

// People come first into a store: without them there is nothing in it that would be left behind.
bool has_people(store::Database& database) {
  bool any = false;
  store::each_user(database, [&](const access::User&) { any = true; });
  return any;
}

// Asked of a program that becomes the file's owner: root's own files beside it would shut him out.
bool file_has_people(const Present& present) {
  const Ran list = run_captured(
      {"/proc/self/exe", "--env-file", present.places.env(), "--json", "user", "list"});
  return list.status != kDone || list.said.find('{') != list.said.npos;
}

int refuse_to_leave(const std::string& file) {
  return refuse("the database has no store in it, and there is one in " + file,
                "move it there first: roomkey db copy --to (docs/postgresql.md)");
}

// Made with the store: its other machines have to be given the same.
void add_audit_key(Plan& plan, const Present& present) {
  if (present.has(kKey)) return;
  plan.variables[kKey] = crypto::random_hex(32);
  plan.env_text = config::edit_env_file(present.env_text, plan.variables).value();
}

std::string lacks(int schema) {
  return schema == 0 ? "the database has no store in it yet, and it can't make the tables"
                     : "the store is of schema " + std::to_string(schema) +
                           ", and it can't change the tables";
}

std::string step_from(int schema) {
  const std::string newest = std::to_string(store::Database::newest_schema());
  return schema == 0
             ? "its tables are made, schema " + newest
             : "brought up to date, from schema " + std::to_string(schema) + " to " + newest;
}

int look_at(Plan& plan, const Present& present, store::Database& database) {
  database.ready(store::Schema::older);
  plan.makes_store = true;
  const int schema = database.schema();
  const auto before = store_before(present);
  if (schema == store::Database::newest_schema()) {
    try_event(database);
    const bool leaves = !before.empty() && !has_people(database) && file_has_people(present);
    return leaves ? refuse_to_leave(before) : kDone;
  }
  if (!may_migrate(database)) {
    throw Unavailable(database.settings().called + ": the role may not do that: " + lacks(schema),
                      Cause::not_allowed);
  }
  plan.store_step = step_from(schema);
  if (schema == 0) {
    if (!before.empty()) return refuse_to_leave(before);
    add_audit_key(plan, present);
  }
  return kDone;
}

}  // namespace

int settle_store(Plan& plan, const SetupFlags& flags, const Present& present) {
  store::Database database(store_to_be(plan, present));
  plan.served = database.files() == nullptr;
  if (!is_touched(plan, flags)) return kDone;
  if (plan.served && holds_password(database.path())) {
    return refuse("--db: a password stands in the address", "give it by --db-password-file");
  }
  try {
    settle_drop_ins(plan, present, database);
    return plan.served ? look_at(plan, present, database) : kDone;
  } catch (const Unavailable& fault) {
    return refuse(fault.what(), hint_here(fault.cause()));
  }
}

int make_store(const Plan& plan, const Present& present) {
  if (!plan.makes_store) return kDone;
  try {
    store::Database database(store_to_be(plan, present));
    database.migrate();
    try_event(database);
    return kDone;
  } catch (const Unavailable& fault) {
    return refuse(fault.what(), hint_here(fault.cause()));
  }
}

}  // namespace roomkey::cli::setup
