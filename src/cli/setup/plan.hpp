// What the steps of setup hand on: what is there, what shall be. Private to setup.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/setup/command.hpp"
#include "cli/setup/files.hpp"
#include "cli/site/site.hpp"
#include "roomkey/config/config.hpp"
#include "roomkey/config/env_file.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::cli::setup {

// Where everything is on an installed machine; `root` goes before it.
struct Places {
  std::string root;

  [[nodiscard]] std::string env() const { return root + "/etc/roomkey/roomkey.env"; }
  [[nodiscard]] std::string site_settings() const { return root + "/etc/roomkey/site.conf"; }
  [[nodiscard]] std::string credentials() const { return root + "/etc/roomkey/credentials"; }
  [[nodiscard]] std::string tls() const { return root + "/etc/roomkey/tls"; }
  [[nodiscard]] std::string own_certificate() const { return tls() + "/cert.pem"; }
  [[nodiscard]] std::string own_key() const { return tls() + "/key.pem"; }
  [[nodiscard]] std::string key_copy(const std::string& variable) const;
  [[nodiscard]] std::string template_file() const {
    return root + "/usr/share/roomkey/nginx/roomkey.conf.in";
  }
  [[nodiscard]] std::string web() const { return root + "/usr/share/roomkey/web"; }
  [[nodiscard]] std::string site() const {
    return root + "/etc/nginx/sites-available/roomkey.conf";
  }
  [[nodiscard]] std::string site_link() const {
    return root + "/etc/nginx/sites-enabled/roomkey.conf";
  }
  [[nodiscard]] std::string store() const { return root + "/var/lib/roomkey/roomkey.db"; }
  [[nodiscard]] std::string log(const char* name) const {
    return root + "/var/log/nginx/roomkey-" + name + ".log";
  }
  [[nodiscard]] std::string socket(const char* pool) const {
    return root + "/run/roomkey/" + pool + ".sock";
  }
  [[nodiscard]] std::string lock() const { return root + "/run/roomkey-setup.lock"; }
  [[nodiscard]] std::string drop_in_template() const {
    return root + "/usr/share/roomkey/systemd/store.conf.in";
  }
  // Of a unit that is shut off from the network: its way to the store's servers.
  [[nodiscard]] std::string drop_in_folder(const std::string& unit) const {
    return root + "/etc/systemd/system/" + unit + ".d";
  }
  // certbot's usual place.
  [[nodiscard]] std::string certbot(const std::string& domain, const char* file) const {
    return root + "/etc/letsencrypt/live/" + domain + '/' + file;
  }
};

// What is there.
struct Present {
  Places places;
  bool json = false;     // SetupFlags::json, for the commands that are run
  std::string env_text;  // of roomkey.env; holds secrets
  bool env_is_broken = false;
  std::string site_text;  // of site.conf
  config::Environment env;
  site::Site site;

  Present() = default;
  ~Present();  // wipes, as Plan does
  Present(const Present&) = delete;
  Present& operator=(const Present&) = delete;

  [[nodiscard]] std::string value(const std::string& variable) const;  // by any of its names
  [[nodiscard]] bool has(const std::string& variable) const;           // or its file or credential
};

// Who may read roomkey.env and the keys beside it: root and the group of the workers.
[[nodiscard]] Access for_workers();

struct NewFile {
  std::string path;
  std::string content;
  const char* what = "";  // in the list of changes
};

// What shall be.
struct Plan {
  site::Site site;
  bool self_signed = false;
  config::EnvChanges variables;  // that differ from what is there
  std::string env_text;
  std::string site_settings_text, site_text;
  std::vector<NewFile> key_files;  // that the workers read
  std::vector<std::string> notes;  // what was put right in the answers
  bool served = false;             // a server keeps the store,
  bool makes_store = false;        // where its tables are made, or looked for, before anything else
  std::string store_step;          // what becomes of them; empty: nothing
  std::vector<NewFile> drop_ins;   // that are not yet there; without content: that go

  Plan() = default;
  ~Plan();
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
};

// Reads what is there; a line in `faults` for each thing that setup can't do without.
void read_present(Present& present, std::vector<std::string>& faults);

// An answer that is needed and was not given.
struct Missing {
  std::string flag;  // or flags: "--a with --b, or --c"
  std::string what;
};

// Asks at the terminal for everything that `flags` don't hold; where there are some, for what is
// `missing` beside them and for nothing else.
void interview(SetupFlags& flags, const Present& present, const std::vector<Missing>& missing,
               std::chrono::sys_seconds now);

struct PlanFaults {
  std::vector<Missing> missing;
  std::vector<std::string> wrong;     // answers that are no good, by flag
  std::vector<std::string> unusable;  // what the worker would say of the configuration
  [[nodiscard]] bool none() const { return missing.empty() && wrong.empty() && unusable.empty(); }
};
void make_plan(Plan& plan, const SetupFlags& flags, const Present& present,
               std::chrono::sys_seconds now, PlanFaults& faults);

// Whether the variable, its file or its credential is there when the plan is carried out.
[[nodiscard]] bool will_have(const Plan& plan, const Present& present, const std::string& variable);
void take_out(Plan& plan, const Present& present, const std::string& variable);
// By flag. Where it is not in the plan, there is a fault that says why.
[[nodiscard]] bool asked_for(const SetupFlags& flags, const std::string& variable);

// What goes with what is taken out of a provider's account, or given in place of it.
void drop_accounts(Plan& plan, const SetupFlags& flags, const Present& present);
// What of a provider's account is missing, where something of it is there.
void need_accounts(const Plan& plan, const SetupFlags& flags, const Present& present,
                   PlanFaults& faults);

// The flag that gives the variable; empty where none does.
[[nodiscard]] std::string flag_of(const std::string& variable);
// The same of a variable's value: of one that is new, and beside it the algorithm in force.
[[nodiscard]] std::string value_fault(const std::string& variable, const std::string& value,
                                      const std::string& algorithm);
// Why a value, a secret perhaps, can't be the variable's: its form, or what was pasted along with
// it. Goes behind its name, and doesn't show it.
[[nodiscard]] std::string form_fault(const std::string& variable, const std::string& value);

// A variable's value as it will be.
[[nodiscard]] std::string value_to_be(const Plan& plan, const Present& present,
                                      const std::string& variable);

// The texts of site.conf and of nginx's site.
void write_site(Plan& plan, const Present& present, PlanFaults& faults);

// The certificate in use for the site, or the default for it: certbot's where it is there.
void settle_certificate(Plan& plan, const SetupFlags& flags, const Present& present,
                        std::chrono::sys_seconds now, PlanFaults& faults);
// Made for a store that is yet to be made: whether an audit goes on under a key is for its
// administrator to say.
void settle_audit_key(Plan& plan, const Present& present);
// A server's store: that it can be reached and worked with, or what to do about it; and what its
// workers' units need. Returns the exit status; nothing is changed.
[[nodiscard]] int settle_store(Plan& plan, const SetupFlags& flags, const Present& present);
// Its tables, before a file is written. The same.
[[nodiscard]] int make_store(const Plan& plan, const Present& present);
// Made where people are to have pseudonyms and there is none.
void settle_identity_secret(Plan& plan, const Present& present);

// What the plan would do, a line each, without secrets; empty where all is as it shall be.
[[nodiscard]] std::vector<std::string> changes(const Plan& plan, const Present& present,
                                               std::chrono::sys_seconds now);

// Writes, has nginx look at it, starts everything. Returns the exit status.
int carry_out(const Plan& plan, const Present& present, std::chrono::sys_seconds now);
// `roomkey check --offline`, by the configuration that was written.
int check_all(const Present& present);

}  // namespace roomkey::cli::setup
