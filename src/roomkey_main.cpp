#include <sys/resource.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "roomkey/base/clock.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/cli/commands.hpp"
#include "roomkey/cli/hint.hpp"
#include "roomkey/cli/store_owner.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey_setup_options.hpp"

namespace {

using namespace roomkey;

using Run = std::function<int(cli::Session&)>;

// What the command line asked for; options write into it, the chosen subcommand sets `run`.
struct Arguments {
  std::string env_file;
  bool json = false;
  Run run;
  std::string file;
  std::vector<std::string> files;
  bool dry_run = false;
  std::optional<std::int64_t> keep;
  std::int64_t id = 0;
  std::int64_t minutes = 60;
  std::string token;
  cli::UserFields user;
  cli::AppointmentFields appointment;
  cli::AuditFields audit;
  cli::CheckFields check;
  bool takes_faults = false;  // runs in spite of an unusable configuration
  cli::ExportFields exported;
  cli::PruneFields prune;
  bool leaves_root_itself = false;  // reads what only root may, then leaves root
  cli::SetupFlags setup;
  CLI::App* setup_command = nullptr;
};

const CLI::Validator kId{[](std::string& text) {
                           return base::parse_id(text) ? std::string()
                                                       : "must be a number from 1 to 2^63-1";
                         },
                         "ID"};

CLI::App* command(CLI::App& parent, Arguments& arguments, const char* name, const char* does,
                  Run run) {
  CLI::App* added = parent.add_subcommand(name, does);
  added->callback([&arguments, run = std::move(run)] { arguments.run = run; });
  return added;
}

CLI::App* group(CLI::App& parent, const char* name, const char* does) {
  CLI::App* added = parent.add_subcommand(name, does);
  added->require_subcommand(1);
  return added;
}

void add_db(CLI::App& root, Arguments& a) {
  CLI::App* db = group(root, "db", "The store's life");
  command(*db, a, "migrate", "Make the store, or bring its schema up to date", cli::db_migrate);
  command(*db, a, "verify", "Check the file, its references and the audit chain", cli::db_verify);
  CLI::App* backup = command(*db, a, "backup", "Copy the store, verified, while workers go on",
                             [&a](cli::Session& s) { return cli::db_backup(s, a.file, a.keep); });
  backup->add_option("TARGET", a.file, "A file, or a folder for roomkey-YYYYMMDDTHHMMSSZ.db")
      ->required();
  backup->add_option("--keep", a.keep, "Of a folder's dated backups keep only so many")
      ->check(CLI::Range(1, 100000));
  command(*db, a, "restore", "Put a backup in the store's place, keeping what was there",
          [&a](cli::Session& s) { return cli::db_restore(s, a.file); })
      ->add_option("FILE", a.file)
      ->required();
}

void add_import(CLI::App& root, Arguments& a) {
  CLI::App* added =
      command(root, a, "import",
              "Users and appointments from files: JSON, CSV, a Django dumpdata file or a FHIR R4 "
              "Bundle, told apart by content. All or nothing.",
              [&a](cli::Session& s) { return cli::import_files(s, a.files, a.dry_run); });
  added->add_option("FILE", a.files, "One or more files; - is standard input")->required();
  added->parse_complete_callback([&a] { a.leaves_root_itself = true; });
  added->add_flag("--dry-run", a.dry_run, "Check the files, change nothing");
}

void add_user(CLI::App& root, Arguments& a) {
  CLI::App* user = group(root, "user", "The people: list, show, set");
  command(*user, a, "list", "All users", cli::user_list);
  command(*user, a, "show", "One user", [&a](cli::Session& s) { return cli::user_show(s, a.id); })
      ->add_option("ID", a.id)
      ->required()
      ->check(kId);
  CLI::App* set = command(*user, a, "set", "Make or change a user",
                          [&a](cli::Session& s) { return cli::user_set(s, a.id, a.user); });
  set->add_option("ID", a.id)->required()->check(kId);
  set->add_option("--email", a.user.email);
  set->add_option("--name", a.user.name);
  set->add_option("--role", a.user.role,
                  "patient, psychologist, practice_manager, admin or service");
  // Not add_flag on the optional: CLI11 would set it to false where neither is given.
  const auto set_active = [&a](bool active) { return [&a, active] { a.user.active = active; }; };
  CLI::Option* active =
      set->add_flag_callback("--active", set_active(true), "The user may come in");
  set->add_flag_callback("--inactive", set_active(false), "The user is refused everywhere")
      ->excludes(active);
}

void add_appointment(CLI::App& root, Arguments& a) {
  CLI::App* appointment = group(root, "appointment", "The appointments: list, show, set");
  command(*appointment, a, "list", "All appointments", cli::appointment_list);
  command(*appointment, a, "show", "One appointment",
          [&a](cli::Session& s) { return cli::appointment_show(s, a.id); })
      ->add_option("ID", a.id)
      ->required()
      ->check(kId);
  CLI::App* set =
      command(*appointment, a, "set", "Make or change an appointment",
              [&a](cli::Session& s) { return cli::appointment_set(s, a.id, a.appointment); });
  set->add_option("ID", a.id)->required()->check(kId);
  set->add_option("--patient", a.appointment.patient_id, "User id")->check(kId);
  set->add_option("--psychologist", a.appointment.psychologist_id, "User id")->check(kId);
  set->add_option("--date", a.appointment.date, "Start, such as 2025-11-16T09:00:00Z");
  set->add_option("--duration", a.appointment.duration_minutes, "Minutes");
  set->add_option("--status", a.appointment.status,
                  "scheduled, confirmed, completed, cancelled or no_show");
  set->add_option("--type", a.appointment.session_type, "telehealth or in_person");
  set->add_option("--room", a.appointment.room, "Name of its video room");
}

void add_bearer(CLI::App& root, Arguments& a) {
  CLI::App* bearer = command(
      root, a, "bearer", "A bearer token for testing (HMAC keys only)",
      [&a](cli::Session& s) { return cli::bearer(s, a.id, std::chrono::minutes{a.minutes}); });
  bearer->add_option("USER_ID", a.id)->required()->check(kId);
  bearer->add_option("--minutes", a.minutes, "How long it is valid, 60 by default")
      ->check(CLI::Range(1, 60 * 24 * 366));
}

void add_inspect(CLI::App& root, Arguments& a) {
  CLI::App* inspect =
      command(root, a, "inspect",
              "What a token says and what is wrong with it: a Twilio access token, a Stream token "
              "or a bearer token. Exit status 1 where it has a fault.",
              [&a](cli::Session& s) { return cli::inspect_token(s, a.token); });
  inspect
      ->add_option("TOKEN", a.token,
                   "The token, or - to read it from standard input (better: a command line is "
                   "seen by everybody on the machine)")
      ->required();
}

void add_check(CLI::App& root, Arguments& a) {
  CLI::App* check = command(root, a, "check",
                            "Every check of the installation, a line each, with the cure under it "
                            "where something is wrong. Exit status 1 where there is an [ERROR].",
                            [&a](cli::Session& s) {
                              a.check.env_file = a.env_file;
                              return cli::check(s, a.check);
                            });
  check->alias("test-twilio");
  check->parse_complete_callback([&a] { a.takes_faults = a.leaves_root_itself = true; });
  check->add_flag("--offline", a.check.offline, "Leave the network out");
  check->add_option("--nginx-site", a.check.nginx_site,
                    "The nginx site, where it is not the installed one");
}

// A token on the command line is seen in the list of processes only until here.
void hide(std::string_view token, int argc, char** argv) {
  for (int i = 1; i < argc && token.size() > 1; ++i) {
    if (argv[i] == token) crypto::wipe(argv[i], token.size());
  }
}

void add_filter(CLI::App& events, cli::AuditFields& filter) {
  events.add_option("--appointment", filter.appointment_id)->check(kId);
  events.add_option("--user", filter.user_id)->check(kId);
  events.add_option("--since", filter.since, "A time such as 2025-11-16T09:00:00Z, or a day");
  events.add_option("--until", filter.until, "The same; that second or day included");
}

void add_prune(CLI::App& audit, Arguments& a) {
  CLI::App* prune =
      command(audit, a, "prune",
              "Remove events and what happened in rooms, where older than your policy keeps",
              [&a](cli::Session& s) { return cli::audit_prune(s, a.prune); });
  prune->add_option("--before", a.prune.before, "A time or a day; at least 30 days ago");
  prune->add_option("--keep-days", a.prune.keep_days, "Or: all but the last so many days")
      ->check(CLI::Range(1, 36500));
  prune->add_option("--reason", a.prune.reason, "Why, for the audit");
  prune->add_option("--by", a.prune.by, "Who signs off; the operating system's user by default");
  prune->add_flag("--dry-run", a.prune.dry_run, "Say what would be removed, remove nothing");
}

void add_audit(CLI::App& root, Arguments& a) {
  CLI::App* audit = group(root, "audit", "Who was given what, when");
  CLI::App* list = command(*audit, a, "list", "The events, oldest first",
                           [&a](cli::Session& s) { return cli::audit_list(s, a.audit); });
  add_filter(*list, a.audit);
  command(*audit, a, "verify", "Check that nothing was changed or taken out", cli::audit_verify);
  CLI::App* exported =
      command(*audit, a, "export", "The events with their hashes, for an auditor",
              [&a](cli::Session& s) { return cli::audit_export(s, a.audit, a.exported); });
  add_filter(*exported, a.audit);
  exported->add_option("--format", a.exported.format, "csv (the default) or jsonl")
      ->check(CLI::IsMember({"csv", "jsonl"}));
  exported->add_option("--output", a.exported.file, "A new file; standard output otherwise");
  add_prune(*audit, a);
}

// The installed configuration would be the one to go by, and this user may not read it.
bool is_closed(const Arguments& arguments) {
  return !arguments.setup_command->parsed() && arguments.env_file.empty() &&
         std::getenv("ROOMKEY_DB") == nullptr && cli::is_closed(cli::kInstalledEnvFile);
}

int run(Arguments& arguments, bool closed) {
  if (arguments.setup_command->parsed()) {
    if (arguments.env_file.empty()) return cli::setup(arguments.setup);
    return cli::fail(cli::kUsage,
                     "setup writes /etc/roomkey/roomkey.env; --env-file is not for it");
  }
  // A check reads what is closed as well, and has to say so.
  const bool installed =
      cli::may_read(cli::kInstalledEnvFile) || (closed && arguments.takes_faults);
  if (arguments.env_file.empty() && installed) arguments.env_file = cli::kInstalledEnvFile;
  Environment environment;
  std::vector<std::string> faults;
  if (!arguments.env_file.empty()) {
    faults = environment.add_file(arguments.env_file);
  }
  environment.add_process();
  Config config = read_config(environment, faults);
  if (!faults.empty() && !arguments.takes_faults) {
    for (const auto& fault : faults) cli::fail(kExitConfig, fault);
    return kExitConfig;
  }
  const store::Settings store = config.store;
  if (!arguments.leaves_root_itself) cli::become_store_owner(store.path);
  cli::Session session{std::move(config),         arguments.json, store::Database(store),
                       base::SystemClock().now(), environment,    faults};
  return arguments.run(session);
}

// CLI11 finds a subcommand missing before it looks at what stands in its place.
std::string what_is_wrong(const CLI::App& root, const CLI::ParseError& fault) {
  if (dynamic_cast<const CLI::RequiredError*>(&fault) != nullptr) {
    for (const auto& word : root.remaining(true)) {
      if (!word.starts_with('-')) return "there is no command " + word;
    }
  }
  return fault.what();
}

}  // namespace

int main(int argc, char** argv) {
  umask(0077);  // the store is nobody else's to read
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);  // secrets live in this process
  CLI::App root{"roomkey: the door to the clinic's video rooms", "roomkey"};
  Arguments arguments;
  root.set_version_flag("--version", ROOMKEY_VERSION);
  root.add_option("--env-file", arguments.env_file,
                  "Read variables from this file first (/etc/roomkey/roomkey.env where it is)");
  root.add_flag("--json", arguments.json, "Machine-readable output");
  root.require_subcommand(1);
  root.fallthrough();
  for (const auto add : {add_db, add_import, add_user, add_appointment, add_bearer, add_inspect,
                         add_audit, add_check}) {
    add(root, arguments);
  }
  arguments.setup_command = add_setup(root, arguments.setup);
  try {
    root.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return root.exit(asked);
  } catch (const CLI::ParseError& fault) {
    return cli::fail(cli::kUsage, what_is_wrong(root, fault),
                     "roomkey --help, or --help behind a command");
  }
  hide(arguments.token, argc, argv);
  const bool closed = is_closed(arguments);
  try {
    const int status = run(arguments, closed);
    const bool unexplained = status == cli::kFailed || status == kExitConfig;
    if (closed && unexplained && !arguments.takes_faults) {
      std::cerr << "roomkey: hint: " << cli::hint_for("", true) << '\n';
    }
    return status;
  } catch (const std::exception& fault) {
    return cli::fail(cli::kFailed, fault.what(), cli::hint_for(fault.what(), closed));
  }
}
