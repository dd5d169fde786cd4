// `roomkey setup`: the configuration and the nginx site of an installed machine, by questions or by
// flags, and everything started. Nothing is changed before all answers are good; what was not asked
// to change stays as it is.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace roomkey::cli::setup {

// Secrets come from files or the terminal, never from the command line, which everybody sees.
enum class SettingKind {
  text,         // the flag's value is the variable's
  secret_file,  // the flag names a file with the variable's value
  key_file,     // the flag names a file that is copied to where the workers can read it
};

// A variable of the configuration that setup knows how to ask for.
struct Setting {
  std::string variable;
  std::string flag;
  SettingKind kind;
  std::string meaning;
};

// In the order in which --help has them.
[[nodiscard]] const std::vector<Setting>& settings();

// What was asked for. Empty texts and lists take a setting out; what is not there stays.
struct SetupFlags {
  std::string root;  // of another system's files, for tests; "" for this one
  bool dry_run = false;
  bool json = false;  // what is said is for a program; nothing is asked
  std::optional<std::string> domain, certificate, key;
  bool self_signed = false;
  std::optional<std::vector<std::string>> origins, health_allow, trusted_proxies;
  std::optional<std::string> practice_name, practice_phone, practice_url;
  std::map<std::string, std::string> settings;  // flag values by variable
  std::map<std::string, std::string> secrets;   // typed in at the terminal, by variable
  std::optional<bool> callback;

  SetupFlags() = default;
  ~SetupFlags();  // wipes the secrets
  SetupFlags(const SetupFlags&) = delete;
  SetupFlags& operator=(const SetupFlags&) = delete;

  [[nodiscard]] bool ask_for_nothing() const;
};

int run(SetupFlags& flags);

}  // namespace roomkey::cli::setup
