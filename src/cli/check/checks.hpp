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
#include "roomkey/crypto/certificate.hpp"
#include "roomkey/provider/twilio/account.hpp"

namespace roomkey::cli::check {

struct Check {
  enum class Status { ok, warn, error };
  Status status;
  std::string name;  // for programs: "clock", or the variable that it is about
  std::string text;  // one sentence or two
  std::string cure;  // empty where all is well
};

class Checks {
 public:
  void ok(std::string name, std::string text);
  void warn(std::string name, std::string text, std::string cure);
  void error(std::string name, std::string text, std::string cure);
  void add(const Checks& more);  // behind these

  [[nodiscard]] const std::vector<Check>& all() const { return all_; }
  [[nodiscard]] std::size_t count(Check::Status status) const;

  bool twilio = true;  // whether it is configured: the verdict speaks of it

 private:
  std::vector<Check> all_;
};

// Ends with "[SUCCESS] All Twilio tests passed!", without Twilio "[SUCCESS] All checks passed!", or
// "[FAILED] N problems", N being the errors.
[[nodiscard]] std::string to_text(const Checks& checks);
// One object a line: check, status (ok, warn, error), detail, cure (null where all is well). The
// last has check "summary", and problems and warnings in numbers.
[[nodiscard]] std::string to_json(const Checks& checks);

// --- The configuration

// A line of read_config() or of Environment::add_file() on `env_file`.
void check_fault(Checks& checks, const std::string& fault, const std::string& env_file);

// Variables that nobody reads, and a provider's that is of no use alone.
void check_unknown(Checks& checks, const config::Environment& environment);

// What came along when a provider's SID, key or secret was copied, in words that go behind its
// name; empty where nothing did.
[[nodiscard]] std::string pasted_along(std::string_view value);

// Why a value can't be the variable's, in words that go behind its name and don't show it; empty
// where it can. Of SIDs, keys, secrets and regions.
[[nodiscard]] std::string wrong_value(const std::string& variable, const std::string& value);

struct TwilioVariables {
  std::string account_sid, api_key;
  std::string_view api_secret, auth_token;
};
// False where Twilio need not be asked with these.
bool check_twilio_variables(Checks& checks, const TwilioVariables& values);
// False where no token can be made with these.
bool check_stream_variables(Checks& checks, const std::string& api_key,
                            std::string_view api_secret);
// What TWILIO_REGION does and does not do for Video, and TWILIO_MEDIA_REGION.
void check_regions(Checks& checks, const config::Config& config);
void check_callback_variables(Checks& checks, const config::Config& config);
// The keys of the clinic's login.
void check_bearer(Checks& checks, const config::Config& config,
                  const config::Environment& environment, std::chrono::sys_seconds now);
// A token of each provider, made and taken apart.
void check_twilio_token(Checks& checks, const config::Config& config, std::chrono::sys_seconds now);
void check_stream_token(Checks& checks, const config::Config& config, std::chrono::sys_seconds now);

// --- Twilio

// What came of asking; nothing where it was not asked.
struct TwilioAnswers {
  std::string account_sid, api_key;  // who was asked about
  std::string video_host, api_host;  // who was asked
  provider::TwilioReply rooms, account;
  std::optional<provider::TwilioReply> key;
  std::optional<provider::TwilioReply> account_by_token, key_by_token;  // with the Auth Token
};
[[nodiscard]] TwilioAnswers ask_twilio(const config::Config& config);
void check_twilio(Checks& checks, const TwilioAnswers& answers);

// What an unsigned request to the callback's public address was answered with.
struct CallbackAnswer {
  std::string host;
  int status = 0;  // 0 where no answer came
  provider::Https::Failure failure = provider::Https::Failure::answer;
  std::string why = {};   // no answer came
  std::string code = {};  // the JSON answer's; empty where it is none
};
[[nodiscard]] CallbackAnswer ask_callback(const std::string& url, const std::string& ca_file = "");
void check_callback(Checks& checks, const CallbackAnswer& answer);

// --- The machine

void check_store(Checks& checks, store::Database& database);
// The same without a look at what it holds: as quick for a store of years.
void check_store_opens(Checks& checks, store::Database& database);
// Those who get no token of Twilio's because of their address.
void check_users(Checks& checks, store::Database& database);
// Whether SQLite can be relied on where the store lies.
void check_file_system(Checks& checks, const std::string& store, const std::string& type);
// Who may read and write: the configuration, secrets in files of their own, the store.
void check_files(Checks& checks, const config::Environment& environment,
                 const std::string& env_file, const std::string& store);
// A site that was found, and the fingerprints of those of its certificates that can be read.
struct FoundSite {
  site::SiteFile file;
  std::vector<std::string> fingerprints;
};
// The enabled nginx site and its certificate. `site` must be there where it was `named`.
std::optional<FoundSite> check_site(Checks& checks, const std::string& site, bool named,
                                    std::chrono::sys_seconds now);
// The origins in an nginx site that was made from the template; says nothing of another.
void check_origins(Checks& checks, const std::string& site);
// How long a certificate is good for, and whether for this host.
void check_certificate(Checks& checks, const crypto::Certificate& certificate,
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
void check_name(Checks& checks, const std::string& host, const Lookup& lookup,
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
// `checks` has as an error already is not said again.
void check_door(Checks& checks, const FoundSite& site, const DoorAnswer& answer, bool nginx_runs);
// Asks all doors, and again for 3 s where one is not well: a reload takes its time.
void check_running(Checks& checks, const FoundSite& site);

// `host:port` of an address.
[[nodiscard]] std::string host_of(const std::string& url);
// What to do where `host` gave no answer.
[[nodiscard]] std::string network_cure(provider::Https::Failure failure, const std::string& host);

}  // namespace roomkey::cli::check
