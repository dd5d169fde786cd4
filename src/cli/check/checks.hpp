// The checks of an installation: each a line, with the cure under it where something is wrong. What
// is looked at (files, network, store) and what follows from it are kept apart: the functions here
// that take plain values are pure. No text holds a secret, or of a SID more than it takes to tell
// two apart; some hold what a stranger wrote, so print them by to_text() or to_json().
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/session.hpp"
#include "cli/site/site_file.hpp"
#include "roomkey/base/finding.hpp"
#include "roomkey/crypto/certificate.hpp"
#include "roomkey/provider/all.hpp"
#include "roomkey/provider/https.hpp"

namespace roomkey::cli::check {

// Ends with "[SUCCESS] " and `passed`, or "[FAILED] N problems", N being the errors.
[[nodiscard]] std::string to_text(const base::Findings& findings, std::string_view passed);
// One object a line: check, status (ok, warn, error), detail, cure (null where all is well). The
// last has check "summary", and problems and warnings in numbers.
[[nodiscard]] std::string to_json(const base::Findings& findings, std::string_view passed);

// --- The configuration

// One of read_config()'s or of Environment::add_file()'s.
void check_fault(base::Findings& findings, const config::Fault& fault, const std::string& env_file);

// Variables that nobody reads, and a provider's that is of no use alone.
void check_unknown(base::Findings& findings, const config::Environment& environment);

// Why a value can't be the variable's, in words that go behind its name and don't show it; empty
// where it can. Of SIDs, keys, secrets and regions.
[[nodiscard]] std::string wrong_value(const std::string& variable, const std::string& value);

// The keys of the clinic's login.
void check_bearer(base::Findings& findings, const config::Config& config,
                  const config::Environment& environment, std::chrono::sys_seconds now);
// That those who get a room from now on get in: `chosen` is the provider of new rooms, and whether
// it was `named`. Says nothing where none is used, or one that gives tokens for any room.
using Kinds = std::vector<const provider::Kind*>;
void check_new_rooms(base::Findings& findings, const Kinds& used, std::string_view chosen,
                     bool named);
// The same of the rooms of open appointments.
void check_open_rooms(base::Findings& findings, const Kinds& used, store::Database& database);
// That no name goes to a provider, where none shall; says nothing where they may.
void check_identities(base::Findings& findings, const config::Config& config,
                      const config::Environment& environment);
// A token of the provider's, made and taken apart.
void check_token(base::Findings& findings, const provider::Kind& provider,
                 const config::Config& config, std::chrono::sys_seconds now);

// --- The machine

void check_store(base::Findings& findings, store::Database& database);
// The same without a look at what it holds: as quick for a store of years.
void check_store_opens(base::Findings& findings, store::Database& database);
// Those who get no token because of their address.
void check_users(base::Findings& findings, store::Database& database);
// That the store can't be relied on where it lies: on a file system of that type, if there is one.
void check_file_system(base::Findings& findings, const std::string& store, const std::string& type);
// Who may read and write: the configuration, secrets in files of their own, the store.
void check_files(base::Findings& findings, const config::Environment& environment,
                 const std::string& env_file, const store::Database& database);
// A site that was found, and the fingerprints of those of its certificates that can be read.
struct FoundSite {
  site::SiteFile file;
  std::vector<std::string> fingerprints;
};
// The enabled nginx site and its certificate. `site` must be there where it was `named`.
std::optional<FoundSite> check_site(base::Findings& findings, const std::string& site, bool named,
                                    std::chrono::sys_seconds now);
// The origins in an nginx site that was made from the template; says nothing of another.
void check_origins(base::Findings& findings, const std::string& site);
// How long a certificate is good for, and whether for this host.
void check_certificate(base::Findings& findings, const crypto::Certificate& certificate,
                       const std::string& host, std::chrono::sys_seconds now);

// Where a name leads, asked on this machine.
struct Lookup {
  enum class Outcome { found, unknown, no_answer };
  Outcome outcome;
  std::vector<std::string> addresses;
};
// A name that others must find; not an address and not localhost.
[[nodiscard]] bool is_looked_up(const std::string& host);
// Waits 4 s at most.
[[nodiscard]] Lookup look_up(const std::string& name);
// This machine's, without loopback and those of one link.
[[nodiscard]] std::vector<std::string> own_addresses();
// Whether the name leads to one that has these addresses. Never an error: the DNS here may not be
// that of the clinic's patients.
void check_name(base::Findings& findings, const std::string& host, const Lookup& lookup,
                const std::vector<std::string>& own, bool behind_proxy);

// --- What runs on it

// What came of asking the site over HTTPS on this machine.
struct DoorAnswer {
  std::string door;  // who was asked, "127.0.0.1:443"
  provider::Https::Failure failure = provider::Https::Failure::answer;
  std::string why = {};          // no answer came
  std::string fingerprint = {};  // of the certificate; empty where no TLS came about
  std::string server = {};       // the header
  int status = 0;                // of /healthz; 0 where no answer came
  std::string code = {};         // of its error
  bool roomkey = false;          // /healthz and /readyz are as roomkey says them
  int room_status = 0;           // of a path of the room pool's
  std::vector<std::pair<std::string, std::string>> not_ready = {};  // lines of /readyz
};
[[nodiscard]] DoorAnswer ask_door(const site::SiteFile& site, const std::string& door);
// Says the first fault: who answers, with which certificate, and for whom. What /readyz says and
// `findings` have as an error already is not said again.
void check_door(base::Findings& findings, const FoundSite& site, const DoorAnswer& answer,
                bool nginx_runs);
// Asks all doors, and again for 3 s where one is not well: a reload takes its time.
void check_running(base::Findings& findings, const FoundSite& site);

}  // namespace roomkey::cli::check
