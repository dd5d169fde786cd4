#include "cli/options.hpp"

#include "cli/setup/options.hpp"
#include "cli/site/origin.hpp"
#include "roomkey/base/validators.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::cli {

namespace {

CLI::App* command(CLI::App& parent, Arguments& arguments, const char* name, const std::string& does,
                  Run run) {
  CLI::App* added = parent.add_subcommand(name, does);
  added->footer("--env-file FILE and --json are understood here as well (roomkey --help).");
  added->callback([&arguments, run = std::move(run)] { arguments.run = run; });
  return added;
}

CLI::App* group(CLI::App& parent, const char* name, const char* does) {
  CLI::App* added = parent.add_subcommand(name, does);
  added->require_subcommand(1);
  return added;
}

void add_db(CLI::App& root, Arguments& a) {
  CLI::App* db = group(root, "db", "Maintain the store");
  command(*db, a, "migrate", "Make the store, or bring its schema up to date",
          [&a](Session& s) { return db_migrate(s, a.worker); })
      ->add_option("--worker", a.worker, "PostgreSQL: the role that the workers are to use")
      ->check(base::kNotEmpty);
  command(*db, a, "verify", "Check the file, its references and the audit chain", db_verify);
  CLI::App* backup = command(*db, a, "backup", "Copy the store, verified, while workers go on",
                             [&a](Session& s) { return db_backup(s, a.file, a.keep); });
  backup->add_option("TARGET", a.file, "A file, or a folder for roomkey-YYYYMMDDTHHMMSSZ.db")
      ->required()
      ->check(base::kNotEmpty);
  backup->add_option("--keep", a.keep, "Keep only the N newest dated backups in the folder")
      ->transform(base::kWhole)
      ->check(CLI::Range(1, 100000));
  command(*db, a, "restore", "Put a backup in the store's place, keeping what was there",
          [&a](Session& s) { return db_restore(s, a.file); })
      ->add_option("FILE", a.file)
      ->required()
      ->check(base::kNotEmpty);
  command(*db, a, "copy", "Copy the whole store into an empty one, SQLite or PostgreSQL",
          [&a](Session& s) { return db_copy(s, a.file); })
      ->add_option("--to", a.file, "A file, or postgresql://HOST/DATABASE")
      ->required()
      ->check(base::kNotEmpty);
  command(*db, a, "reserve", "Keep room on the store's disk for the day when it is full",
          [&a](Session& s) { return db_reserve(s, a.mebibytes); })
      ->add_option("MIB", a.mebibytes, "64 where none is given")
      ->transform(base::kWhole)
      ->check(CLI::Range(1, 65536));
}

void add_import(CLI::App& root, Arguments& a) {
  CLI::App* added =
      command(root, a, "import",
              "Users and appointments from files: JSON, CSV, a Django dumpdata file or a FHIR R4 "
              "Bundle, told apart by content. All or nothing.",
              [&a](Session& s) { return import::run(s, a.files, a.dry_run); });
  added->add_option("FILE", a.files, "One or more files; - is standard input")
      ->required()
      ->check(base::kNotEmpty);
  added->parse_complete_callback([&a] { a.leaves_root_itself = true; });
  added->add_flag("--dry-run", a.dry_run, "Check the files, change nothing");
}

void add_user(CLI::App& root, Arguments& a) {
  CLI::App* user = group(root, "user", "The people: list, show, set");
  command(*user, a, "list", "All users", user_list);
  command(*user, a, "show", "One user", [&a](Session& s) { return user_show(s, a.id); })
      ->add_option("ID", a.id)
      ->required()
      ->check(base::kId);
  CLI::App* set = command(*user, a, "set", "Make or change a user",
                          [&a](Session& s) { return user_set(s, a.id, a.user); });
  set->add_option("ID", a.id)->required()->check(base::kId);
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

void add_waiting(CLI::App& appointment, Arguments& a) {
  command(appointment, a, "waiting", "Who waits at its door, and who was let in or denied",
          [&a](Session& s) { return appointment_waiting(s, a.id); })
      ->add_option("ID", a.id)
      ->required()
      ->check(base::kId);
  const auto add = [&](const char* name, const char* does, Run run) {
    CLI::App* added = command(appointment, a, name, does, std::move(run));
    added->add_option("ID", a.id)->required()->check(base::kId);
    added->add_option("WHO", a.who, "A user's id, or guest-<id>")
        ->required()
        ->check(base::kNotEmpty);
  };
  add("admit", "Let somebody in", [&a](Session& s) { return appointment_admit(s, a.id, a.who); });
  add("deny", "Let somebody in no more, and put them out",
      [&a](Session& s) { return appointment_deny(s, a.id, a.who); });
}

void add_appointment(CLI::App& root, Arguments& a) {
  CLI::App* appointment =
      group(root, "appointment", "The appointments, and who waits at their doors");
  command(*appointment, a, "list", "All appointments", appointment_list);
  command(*appointment, a, "show", "One appointment",
          [&a](Session& s) { return appointment_show(s, a.id); })
      ->add_option("ID", a.id)
      ->required()
      ->check(base::kId);
  CLI::App* set = command(*appointment, a, "set", "Make or change an appointment",
                          [&a](Session& s) { return appointment_set(s, a.id, a.appointment); });
  set->add_option("ID", a.id)->required()->check(base::kId);
  set->add_option("--patient", a.appointment.patient_id, "User id")->check(base::kId);
  set->add_option("--psychologist", a.appointment.psychologist_id, "User id")->check(base::kId);
  set->add_option("--date", a.appointment.date, "Start, such as 2025-11-16T09:00:00Z");
  set->add_option("--duration", a.appointment.duration_minutes, "Minutes")->transform(base::kWhole);
  set->add_option("--status", a.appointment.status,
                  "scheduled, confirmed, completed, cancelled or no_show");
  set->add_option("--type", a.appointment.session_type, "telehealth or in_person");
  set->add_option("--room", a.appointment.room, "Name of its video room");
  set->add_option("--provider", a.appointment.provider,
                  "Where it goes on, in a new room: " + provider::names());
  add_waiting(*appointment, a);
}

void add_guest(CLI::App& root, Arguments& a) {
  CLI::App* guest = group(root, "guest", "Who comes without a login: list, add, revoke");
  command(*guest, a, "list", "Who was invited to an appointment",
          [&a](Session& s) { return guest_list(s, a.id); })
      ->add_option("APPOINTMENT", a.id)
      ->required()
      ->check(base::kId);
  CLI::App* add = command(*guest, a, "add", "Invite somebody; shows link or code this once",
                          [&a](Session& s) { return guest_add(s, a.id, a.guest); });
  add->add_option("APPOINTMENT", a.id)->required()->check(base::kId);
  add->add_option("--name", a.guest.name, "As the psychologist is shown it")->required();
  add->add_option("--kind", a.guest.kind, "interpreter, relative, supervisor or other");
  add->add_option("--expires", a.guest.expires, "Until when; 4 hours after the end by default");
  command(*guest, a, "revoke", "No token any more, and out of the room",
          [&a](Session& s) { return guest_revoke(s, a.id); })
      ->add_option("GUEST", a.id, "The id that list shows")
      ->required()
      ->check(base::kId);
}

void add_provider(CLI::App& root, Arguments& a) {
  CLI::App* provider = group(root, "provider", "Who carries picture and sound: list, move");
  command(*provider, a, "list", "Each provider, and how many open appointments it has",
          provider_list);
  CLI::App* move = command(*provider, a, "move", "Have open appointments go on at another provider",
                           [&a](Session& s) { return provider_move(s, a.move); });
  move->add_option("TO", a.move.to, provider::names())->required();
  move->add_option("--from", a.move.from, "Only those of this provider");
  move->add_flag("--dry-run", a.move.dry_run, "Say how many, move nothing");
}

void add_bearer(CLI::App& root, Arguments& a) {
  CLI::App* bearer =
      command(root, a, "bearer", "A bearer token for testing (HMAC keys only)",
              [&a](Session& s) { return cli::bearer(s, a.id, std::chrono::minutes{a.minutes}); });
  bearer->add_option("USER_ID", a.id)->required()->check(base::kId);
  bearer->add_option("--minutes", a.minutes, "How long it is valid, 60 by default")
      ->transform(base::kWhole)
      ->check(CLI::Range(1, 60 * 24 * 366));
}

void add_inspect(CLI::App& root, Arguments& a) {
  const std::string kinds =
      provider::join(", ", [](const auto& kind) { return std::string("a ") + kind.token_title(); });
  CLI::App* inspect = command(root, a, "inspect",
                              "What a token says and what is wrong with it: " + kinds +
                                  " or a bearer token. Exit status 1 where it has a fault.",
                              [&a](Session& s) { return inspect::run(s, a.token); });
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
                            [&a](Session& s) {
                              a.check.env_file = a.env_file;
                              return check::run(s, a.check);
                            });
  for (const auto* const kind : provider::all()) {
    if (!kind->check_command().empty()) check->alias(std::string(kind->check_command()));
  }
  check->parse_complete_callback([&a] { a.takes_faults = a.leaves_root_itself = true; });
  check->add_flag(
      "--offline", a.check.offline,
      "Leave out what is beyond this machine: the provider, the callback, the domain's address");
  check->add_flag("--configuration", a.check.configuration,
                  "Only what would make every token impossible: variables, keys, the way to the "
                  "store");
  check
      ->add_option("--nginx-site", a.check.nginx_site,
                   "The nginx site, where it is not the installed one")
      ->check(base::kNotEmpty);
}

// For demo/demo.sh.
void add_origin(CLI::App& root, Arguments& a) {
  CLI::App* origin = root.add_subcommand("origin", "Origins as browsers send them, one a line");
  origin->group("");
  origin->callback([&a] { a.alone = [&a] { return site::say_origins(a.files); }; });
  origin->add_option("ORIGIN", a.files)->required();
}

// For demo/demo.sh.
void add_demo(CLI::App& root, Arguments& a) {
  CLI::App* demo = command(root, a, "demo", "A demo's certificate and nginx files",
                           [&a](Session& s) { return demo_files(s, a.demo); });
  demo->group("");
  demo->parse_complete_callback([&a] { a.leaves_root_itself = true; });  // what it writes is root's
  demo->add_option("--folder", a.demo.folder)->required();
  demo->add_option("--source", a.demo.source)->required();
  demo->add_option("--port", a.demo.port)->required()->check(CLI::Range(1, 65535));
  demo->add_flag("--no-rate-limit", a.demo.no_rate_limit);
  demo->add_option("ORIGIN", a.demo.origins)->required();
}

void add_filter(CLI::App& events, audit::Filter& filter) {
  events.add_option("--appointment", filter.appointment_id)->check(base::kId);
  events.add_option("--user", filter.user_id)->check(base::kId);
  events.add_option("--since", filter.since, "A time such as 2025-11-16T09:00:00Z, or a day")
      ->check(base::kNotEmpty);
  events.add_option("--until", filter.until, "The same; that second or day included")
      ->check(base::kNotEmpty);
}

void add_prune(CLI::App& audit, Arguments& a) {
  CLI::App* prune =
      command(audit, a, "prune",
              "Remove events and what happened in rooms, where older than your policy keeps",
              [&a](Session& s) { return audit::prune(s, a.prune); });
  prune->add_option("--before", a.prune.before, "A time or a day; at least 30 days ago");
  prune->add_option("--keep-days", a.prune.keep_days, "Or: all but the last so many days")
      ->transform(base::kWhole)
      ->check(CLI::Range(1, 36500));
  prune->add_option("--reason", a.prune.reason, "Why, for the audit");
  prune->add_option("--by", a.prune.by, "Who signs off; the operating system's user by default");
  prune->add_flag("--dry-run", a.prune.dry_run, "Say what would be removed, remove nothing");
}

void add_audit(CLI::App& root, Arguments& a) {
  CLI::App* audit = group(root, "audit", "Who was given what, when");
  CLI::App* list = command(*audit, a, "list", "The events, oldest first",
                           [&a](Session& s) { return audit::list(s, a.audit); });
  add_filter(*list, a.audit);
  CLI::App* verify = command(*audit, a, "verify", "Check that nothing was changed or taken out",
                             [&a](Session& s) { return audit::verify(s, a.verified); });
  verify
      ->add_option("--old-key", a.verified.old_keys,
                   "A file with the ROOMKEY_AUDIT_KEY of before; may be repeated")
      ->check(base::kNotEmpty);
  verify->add_option("--against", a.verified.against, "A file with the witness's lines")
      ->check(base::kNotEmpty);
  command(*audit, a, "witness", "Tell the witness in ROOMKEY_AUDIT_SINK of the last event",
          audit::witness);
  CLI::App* exported =
      command(*audit, a, "export", "The events with their hashes, for an auditor",
              [&a](Session& s) { return audit::export_events(s, a.audit, a.exported); });
  add_filter(*exported, a.audit);
  exported->add_option("--format", a.exported.format, "csv (the default) or jsonl (with --json)")
      ->check(CLI::IsMember({"csv", "jsonl"}));
  exported->add_option("--output", a.exported.file, "A new file; standard output otherwise")
      ->check(base::kNotEmpty);
  add_prune(*audit, a);
}

}  // namespace

void add_options(CLI::App& root, Arguments& arguments) {
  root.set_version_flag("--version", ROOMKEY_VERSION);
  root.add_option("--env-file", arguments.env_file,
                  "Read variables from this file first (/etc/roomkey/roomkey.env where it is)")
      ->check(base::kNotEmpty);
  root.add_flag("--json", arguments.json, "Machine-readable output");
  root.require_subcommand(1);
  root.fallthrough();
  for (const auto add : {add_db, add_import, add_user, add_appointment, add_guest, add_provider,
                         add_bearer, add_inspect, add_audit, add_check, add_origin, add_demo}) {
    add(root, arguments);
  }
  arguments.setup_command = setup::add_options(root, arguments.setup);
}

}  // namespace roomkey::cli
