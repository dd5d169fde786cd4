#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "cli/check/checks.hpp"
#include "cli/cures.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/store/about.hpp"
#include "roomkey/store/audit.hpp"
#include "roomkey/store/files.hpp"
#include "roomkey/store/verify.hpp"

namespace roomkey::cli::check {

namespace {

constexpr const char* kFiles = "file_rights";

// Files whose rights were looked at, and what was found.
class Rights {
 public:
  explicit Rights(base::Findings& findings) : checks_(findings) {}

  // `what` it is, for a person. Not there: nothing to say, others do.
  void look(const std::string& what, const std::string& path) {
    struct stat facts {};
    if (path.empty() || stat(path.c_str(), &facts) != 0) return;
    const bool folder = S_ISDIR(facts.st_mode);
    if (!folder && !S_ISREG(facts.st_mode)) return;  // /dev/null is everybody's
    ++seen_;
    const std::string named = what + ", " + path + ',';
    if ((facts.st_mode & S_IWOTH) != 0 && (facts.st_mode & S_ISVTX) == 0) {
      say(&base::Findings::error, named + " can be changed by everybody on this machine.",
          "chmod o-rwx " + path);
    } else if ((facts.st_mode & S_IROTH) != 0 && !folder) {
      say(&base::Findings::warn, named + " can be read by everybody on this machine.",
          "chmod o-rwx " + path);
    }
  }

  // Whoever owns a file can change it.
  void look_at_owner(const std::string& what, const std::string& path) {
    struct stat facts {};
    if (path.empty() || stat(path.c_str(), &facts) != 0) return;
    const passwd* roomkey = getpwnam("roomkey");
    const bool service = roomkey != nullptr && facts.st_uid == roomkey->pw_uid;
    if (facts.st_uid == 0 || facts.st_uid == geteuid() || service) return;
    say(&base::Findings::warn,
        what + ", " + path + ", belongs to the user " + std::to_string(facts.st_uid) +
            ", who can read and change it.",
        "chown root:roomkey " + path + ", and chmod 0640");
  }

  void look_at_store(const std::vector<std::string>& files) {
    for (const auto& file : files) look("The store's file", file);
    const auto folder = std::filesystem::path(files.front()).parent_path();
    look("The store's folder", folder.empty() ? "." : folder.string());
    look_beside(files);
  }

  void finish(bool with_store) {
    if (said_ || seen_ == 0) return;
    checks_.ok(kFiles, std::string(with_store ? "Configuration, secrets and store"
                                              : "Configuration and secrets") +
                           " are closed to this machine's other users");
  }

 private:
  // What is beside the store must belong to its owner: the workers write it all.
  void look_beside(const std::vector<std::string>& files) {
    const std::string& store = files.front();
    struct stat facts {};
    if (stat(store.c_str(), &facts) != 0) return;
    for (const auto& file : files) {
      struct stat beside {};
      if (stat(file.c_str(), &beside) != 0 || beside.st_uid == facts.st_uid) continue;
      say(&base::Findings::error,
          "The store's file " + file +
              " belongs to another user than the store: the workers can't open it.",
          std::string("chown --reference ").append(store).append(" ").append(file));
    }
  }

  using Say = void (base::Findings::*)(std::string, std::string, std::string);
  void say(Say how, std::string text, std::string cure) {
    said_ = true;
    (checks_.*how)(kFiles, std::move(text), std::move(cure));
  }

  base::Findings& checks_;
  bool said_ = false;
  int seen_ = 0;
};

constexpr const char* kStore = "store";

// Then its address is a fault of the configuration, and said as that.
bool is_nobodys(const store::Database& database) { return database.title().empty(); }

// Throws Unavailable where it can't be read or written.
void open_store(store::Database& database) {
  database.ready();
  const store::Transaction undone(database);
}

void say_store_is_away(base::Findings& findings, const base::Unavailable& fault,
                       const store::Database& database) {
  const auto* const files = database.files();
  const std::string said = fault.what();
  std::string why = said.starts_with("the ") ? said : "the store: " + said;
  why[0] = 'T';
  findings.error(kStore, why + '.',
                 files == nullptr ? cure_for_store(fault.cause())
                                  : cure_for_store(fault.cause(), files->paths(database).front()));
}

// False where it is, and nobody has the key.
bool takes_events(base::Findings& findings, store::Database& database) {
  if (database.settings().audit_key != nullptr || !store::audit_is_keyed(database)) return true;
  findings.error(kStore, "The audit is keyed, and ROOMKEY_AUDIT_KEY is not set.",
                 "Set it: without it no event can be written, so no token be given.");
  return false;
}

void check_audit_key(base::Findings& findings, const store::MacVerdict& macs,
                     store::Database& database) {
  if (takes_events(findings, database) && database.settings().audit_key != nullptr &&
      !macs.doubt.empty()) {
    findings.warn(kStore, "Nothing proves the audit yet: " + macs.doubt + '.',
                  "The next event does, where the key is new. Else see docs/operations.md.");
  }
}

void check_server(base::Findings& findings, store::Database& database) {
  const auto about = store::about(database);
  if (!about.facts.empty()) findings.ok(kStore, about.facts);
  for (const auto& [what, cure] : about.remarks) findings.warn(kStore, what, cure);
}

void look_at_disk(base::Findings& findings, const store::Database& database) {
  const auto* const files = database.files();
  if (files == nullptr) return;
  std::error_code none;
  const auto path = std::filesystem::canonical(files->paths(database).front(), none).string();
  check_file_system(findings, path, files->doubtful_file_system(database));
  if (files->sizes(database).reserve == 0) {
    findings.warn(kStore,
                  "The disk of the store was full: what was kept on it in reserve was let go.",
                  "Make room (df -h " + path + "), then run `roomkey db reserve`.");
  }
}

}  // namespace

void check_store_opens(base::Findings& findings, store::Database& database) {
  if (is_nobodys(database)) return;
  try {
    open_store(database);
    if (takes_events(findings, database)) findings.ok(kStore, "The store can be read and written");
  } catch (const base::Unavailable& fault) {
    say_store_is_away(findings, fault, database);
  }
}

void check_file_system(base::Findings& findings, const std::string& store,
                       const std::string& type) {
  if (type.empty()) return;
  findings.warn(
      kStore,
      "The store " + store + " lies on a file system of another machine (" + type +
          "): SQLite can't rely on locks there, and may lose or break it.",
      "Move it to a disk of this machine's own: roomkey db backup FILE, ROOMKEY_DB with a "
      "local path, roomkey db restore FILE. Copies of the backups may go to the other one.");
}

void check_store(base::Findings& findings, store::Database& database) {
  if (is_nobodys(database)) return;
  try {
    database.ready();
    if (const auto* files = database.files()) files->probe_room(database);
    open_store(database);
    look_at_disk(findings, database);
    const auto verdict = store::verify_store(database);
    for (const auto& fault : verdict.faults) {
      findings.error(kStore, "The store is not sound: " + fault + '.',
                     database.backups() == nullptr
                         ? "Keep it for whoever looks into it."
                         : "Keep the file for whoever looks into it; `roomkey db restore FILE` "
                           "brings a backup back.");
    }
    if (!verdict.faults.empty()) return;
    findings.ok(kStore, "The store can be read and written and is sound: schema " +
                            std::to_string(store::Database::newest_schema()) + ", " +
                            base::counted(verdict.audit.events, "audit event"));
    check_audit_key(findings, verdict.audit.macs, database);
    check_server(findings, database);
  } catch (const base::Unavailable& fault) {
    say_store_is_away(findings, fault, database);
  }
}

void check_files(base::Findings& findings, const config::Environment& environment,
                 const std::string& env_file, const store::Database& database) {
  Rights rights(findings);
  rights.look("The configuration", env_file);
  rights.look_at_owner("The configuration", env_file);
  for (const auto secret : config::Environment::secrets()) {
    const std::string name(secret);
    const std::string path = environment.get(name + "_FILE");
    rights.look("The file of " + name, path);
    rights.look_at_owner("The file of " + name, path);
  }
  const auto* const files = database.files();
  if (files != nullptr) rights.look_at_store(files->paths(database));
  rights.finish(files != nullptr);
}

}  // namespace roomkey::cli::check
