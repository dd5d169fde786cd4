// The configuration: environment variables, an optional file of them, secrets from files or systemd
// credentials. docs and names: contract section 2 and docs/configuration.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/access/bearer.hpp"
#include "roomkey/access/decide.hpp"
#include "roomkey/config/bearer_keys.hpp"
#include "roomkey/config/fault.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/all.hpp"
#include "roomkey/store/database.hpp"

namespace roomkey::config {

// The variables in force. Values are wiped from memory when this goes out of scope.
class Environment {
 public:
  Environment() = default;
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // KEY=VALUE lines, read as systemd reads an EnvironmentFile= (systemd.exec(5)). Returns all that
  // is wrong with it, naming lines and variables and never showing a value.
  [[nodiscard]] Faults add_file(const std::string& path);
  // The process's own variables, over those of files. Secrets are wiped out of the process's
  // environment (so out of /proc/<pid>/environ) as they are read.
  void add_process();

  // The names that add_file() found.
  [[nodiscard]] const std::set<std::string>& names_in_files() const { return in_files_; }
  [[nodiscard]] const std::map<std::string, std::string>& values() const { return values_; }

  // The variables that hold secrets.
  [[nodiscard]] static std::span<const std::string_view> secrets();

  void set(const std::string& name, std::string value);
  // Unset and empty are the same.
  [[nodiscard]] std::string get(const std::string& name) const;

 private:
  std::map<std::string, std::string> values_;
  std::set<std::string> in_files_;
};

struct Config : provider::Settings {
  store::Settings store;
  // Nothing where no key for the bearer algorithm is given; the worker can't do without.
  std::optional<access::BearerRules> bearer;
  std::optional<Fault> bearer_missing;  // to show then; none where `faults` say why already
  bool weak_bearer_secret = false;      // an HMAC key under 32 bytes (RFC 7518 section 3.2) is used
  KeyFiles bearer_files;                // where the bearer keys come from files
  access::Policy policy;
  access::Rooms rooms = access::Rooms::booked;
  // Whether an appointment whose patient and psychologist were both in the room is completed when
  // that ends.
  bool complete_on_room_end = false;
  std::string frontend_url;  // without final slash; may be empty
  std::string meeting_url;   // a pattern (access/meeting_url.hpp), or empty
  std::string log_level = "info";
  std::optional<std::uint32_t> person_rate;  // requests a second of one person; none: no limit
  std::string metrics_directory;             // empty: each worker counts alone
  std::string backup_directory;
  std::string audit_sink;        // https:// or an absolute path; empty: no witness
  std::string certificate_file;  // nginx's; empty: metrics don't tell of it
};

// Reads everything; `faults` gets one for each unusable value. A Config with faults must not be
// used.
[[nodiscard]] Config read_config(const Environment& environment, Faults& faults);

// A secret as read_config() finds it: the variable, its file or its credential. Empty where it is
// unset or can't be read.
[[nodiscard]] crypto::Secret secret_of(const Environment& environment, const std::string& name);

// sysexits.h's EX_CONFIG, which systemd knows as well.
inline constexpr int kExitConfig = 78;

}  // namespace roomkey::config
