#include "roomkey/config/config.hpp"

#include <algorithm>
#include <array>

#include "config/variables.hpp"
#include "roomkey/access/meeting_url.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/url.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/crypto/secret_form.hpp"
#include "roomkey/store/audit_key.hpp"

namespace roomkey::config {

namespace {

using crypto::Algorithm;
using crypto::Secret;

using Keys = std::vector<crypto::Key>;

// The key, where the variable has one that can be used. `weak` where it is short.
void add_secret_key(Variables& reader, const std::string& name, Algorithm algorithm,
                    bool allow_weak, Keys& keys, bool& weak) {
  constexpr std::size_t kLeast = 32;
  const auto faults_before = reader.fault_count();
  const Secret secret = reader.secret(name);
  if (secret.empty() || reader.fault_count() > faults_before) return;
  const std::string place = reader.text(name + "_FILE").empty() ? name : name + "_FILE";
  const std::string form(crypto::no_secret(secret.reveal()));
  if (!form.empty()) {
    return reader.fault(place, "is " + form +
                                   ", which others may have: for HS256, HS384 and HS512 the login "
                                   "signs with a secret of its own");
  }
  const bool is_short = secret.size() < kLeast;
  if (is_short && !allow_weak) {
    return reader.fault(place, "has " +
                                   base::counted(static_cast<std::int64_t>(secret.size()), "byte") +
                                   ", and 32 are the least: whoever has one token of the login can "
                                   "find a shorter key by trying "
                                   "(ROOMKEY_JWT_WEAK_SECRET=allow takes it all the same)");
  }
  weak = weak || is_short;
  keys.push_back(crypto::Key::from_secret(secret.reveal(), algorithm).value());
}

void add_secret_keys(Variables& reader, Algorithm algorithm, Keys& keys, bool& weak) {
  const bool allow_weak = reader.choice("ROOMKEY_JWT_WEAK_SECRET", {"refuse", "allow"}) == "allow";
  add_secret_key(reader, "ROOMKEY_JWT_SECRET", algorithm, allow_weak, keys, weak);
  Keys previous;
  add_secret_key(reader, "ROOMKEY_JWT_PREVIOUS_SECRET", algorithm, allow_weak, previous, weak);
  if (!keys.empty()) std::move(previous.begin(), previous.end(), std::back_inserter(keys));
}

void add_file_keys(Variables& reader, Algorithm algorithm, Config& config, crypto::KeySet& keys) {
  config.bearer_files = {reader.text("ROOMKEY_JWT_PUBLIC_KEY_FILE"),
                         reader.text("ROOMKEY_JWT_JWKS_FILE")};
  Faults faults;
  keys = read_keys(config.bearer_files, algorithm, faults);
  reader.add(std::move(faults));
}

void read_bearer(Variables& reader, Config& config) {
  const auto faults_before = reader.fault_count();
  const auto algorithm = crypto::parse_algorithm(reader.choice(
      "ROOMKEY_JWT_ALGORITHM",
      {"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA"}));
  const bool hmac = crypto::is_hmac(*algorithm);
  access::BearerRules rules{crypto::KeySet{*algorithm, {}}, "", ""};
  hmac ? add_secret_keys(reader, *algorithm, rules.keys.keys, config.weak_bearer_secret)
       : add_file_keys(reader, *algorithm, config, rules.keys);
  if (rules.keys.keys.empty() && reader.fault_count() == faults_before) {
    config.bearer_missing =
        hmac
            ? Fault{"ROOMKEY_JWT_SECRET", "must be set: the key of the clinic's login"}
            : Fault{"ROOMKEY_JWT_PUBLIC_KEY_FILE",
                    "must be set (or ROOMKEY_JWT_JWKS_FILE): the public key of the clinic's login"};
  }
  rules.issuer = reader.text("ROOMKEY_JWT_ISSUER");
  rules.audience = reader.text("ROOMKEY_JWT_AUDIENCE");
  rules.user_claim = reader.text("ROOMKEY_JWT_USER_CLAIM", "user_id");
  rules.token_type = reader.text("ROOMKEY_JWT_TOKEN_TYPE");
  constexpr std::int64_t kHoursOfAYear = 366 * 24;
  if (const auto hours = reader.number("ROOMKEY_JWT_MAX_HOURS", kHoursOfAYear, 1)) {
    rules.longest_life = std::chrono::hours{*hours};
  }
  rules.leeway =
      std::chrono::seconds{reader.number("ROOMKEY_JWT_LEEWAY_SECONDS", 3600).value_or(5)};
  if (!rules.keys.keys.empty()) config.bearer = std::move(rules);
}

std::optional<std::uint32_t> person_rate(Variables& reader) {
  constexpr std::int64_t kFastest = 10'000;
  constexpr const char* kRate = "ROOMKEY_PERSON_RATE";
  const std::string value = reader.text(kRate, "10");
  if (value == "off") return std::nullopt;
  const auto rate = base::parse_number(value);
  if (rate && *rate >= 1 && *rate <= kFastest) return static_cast<std::uint32_t>(*rate);
  reader.fault(kRate, "must be off, or a whole number from 1 to " + std::to_string(kFastest));
  return std::nullopt;
}

access::WaitingRoom waiting_room(Variables& reader) {
  using access::WaitingRoom;
  constexpr std::array kModes{WaitingRoom::off, WaitingRoom::psychologist_first,
                              WaitingRoom::admit};
  std::vector<std::string> words;
  words.reserve(kModes.size());
  for (const auto mode : kModes) words.emplace_back(access::word(mode));
  const auto mode = reader.choice("ROOMKEY_WAITING_ROOM", words);
  return kModes.at(
      static_cast<std::size_t>(std::find(words.begin(), words.end(), mode) - words.begin()));
}

std::string audit_sink(Variables& reader) {
  std::string sink = reader.text("ROOMKEY_AUDIT_SINK");
  if (!sink.empty() && !sink.starts_with('/') && !base::is_https_or_local(sink)) {
    reader.fault("ROOMKEY_AUDIT_SINK",
                 "must begin with https:// (or http:// to this machine), or be an absolute path");
  }
  return sink;
}

void read_audit_key(Variables& reader, Config& config) {
  const auto faults_before = reader.fault_count();
  const Secret secret = reader.secret("ROOMKEY_AUDIT_KEY");
  if (secret.empty() || reader.fault_count() != faults_before) return;
  auto key = store::read_audit_key(secret.reveal());
  if (key) {
    config.store.audit_key = std::make_shared<const store::AuditKey>(std::move(*key));
  } else {
    reader.fault("ROOMKEY_AUDIT_KEY",
                 "must be 32 bytes in hexadecimal or base64: `openssl rand -hex 32` makes one");
  }
}

void read_store(Variables& reader, Config& config) {
  config.store.path = reader.text("ROOMKEY_DB", "/var/lib/roomkey/roomkey.db");
  const std::string why = store::address_fault(config.store.path);
  if (!why.empty()) reader.fault("ROOMKEY_DB", why);
  config.store.password = std::make_shared<const Secret>(reader.secret("ROOMKEY_DB_PASSWORD"));
  config.store.may_be_alone = reader.choice("ROOMKEY_DB_ALONE", {"refuse", "allow"}) == "allow";
  const bool full = reader.choice("ROOMKEY_AUDIT_SYNC", {"full", "normal"}) == "full";
  config.store.sync = full ? store::Sync::full : store::Sync::normal;
}

void check_meeting_url(Variables& reader, const std::string& name, const std::string& pattern) {
  const std::string why = access::meeting_url_fault(pattern);
  if (!why.empty()) reader.fault(name, why);
}

std::string frontend_url(const Variables& reader) {
  std::string frontend = reader.text("ROOMKEY_FRONTEND_URL");
  while (!frontend.empty() && frontend.back() == '/') frontend.pop_back();
  return frontend;
}

std::string meeting_url(Variables& reader, const std::string& frontend) {
  const std::string usual = frontend.empty() ? "" : frontend + "/video-session/{room}";
  std::string pattern = reader.text("ROOMKEY_MEETING_URL", usual);
  if (!usual.empty()) check_meeting_url(reader, "ROOMKEY_FRONTEND_URL", usual);
  if (pattern != usual) check_meeting_url(reader, "ROOMKEY_MEETING_URL", pattern);
  return pattern;
}

}  // namespace

Secret secret_of(const Environment& environment, const std::string& name) {
  Faults said_by_read_config;
  return Variables(environment, said_by_read_config).secret(name);
}

Config read_config(const Environment& environment, Faults& faults) {
  Variables reader(environment, faults);
  Config config;
  read_store(reader, config);
  std::vector<std::string> names;
  for (const auto* const kind : provider::all()) names.emplace_back(kind->name());
  config.store.room_provider = reader.choice("ROOMKEY_PROVIDER", names);
  read_audit_key(reader, config);
  read_bearer(reader, config);
  config.complete_on_room_end =
      reader.choice("ROOMKEY_COMPLETE_ON_ROOM_END", {"off", "on"}) == "on";
  const bool booked = reader.choice("ROOMKEY_ROOMS", {"booked", "asked"}) == "booked";
  config.rooms = booked ? access::Rooms::booked : access::Rooms::asked;
  config.policy.join_early = reader.minutes("ROOMKEY_JOIN_EARLY_MINUTES");
  config.policy.join_late = reader.minutes("ROOMKEY_JOIN_LATE_MINUTES");
  config.policy.identities = config.store.identities = read_identities(reader);
  config.policy.waiting_room = waiting_room(reader);
  for (const auto* const kind : provider::all()) {
    kind->read(reader, config);
    const std::string lax(kind->lax(config));
    if (config.policy.waiting_room != access::WaitingRoom::off && !lax.empty()) {
      reader.fault(lax, "lets people past the waiting room: leave it or ROOMKEY_WAITING_ROOM out");
    }
  }
  config.frontend_url = frontend_url(reader);
  config.meeting_url = meeting_url(reader, config.frontend_url);
  config.person_rate = person_rate(reader);
  config.audit_sink = audit_sink(reader);
  config.metrics_directory = reader.text("ROOMKEY_METRICS_DIR");
  config.backup_directory = reader.text("ROOMKEY_BACKUP_DIR", "/var/lib/roomkey/backups");
  config.certificate_file = reader.text("ROOMKEY_CERTIFICATE_FILE");
  config.log_level =
      reader.choice("ROOMKEY_LOG_LEVEL", {"info", "trace", "debug", "warn", "error"});
  return config;
}

}  // namespace roomkey::config
