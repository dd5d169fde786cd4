#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "cli/check/checks.hpp"
#include "cli/inspect/report.hpp"
#include "roomkey/access/decide.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/config/warnings.hpp"

namespace roomkey::cli::check {

namespace {

constexpr const char* kRestart = ", and restart the workers (systemctl reload roomkey.target).";

bool starts_or_ends_oddly(std::string_view secret) {
  constexpr std::string_view kOdd = " \t\r\n\"'";
  return !secret.empty() &&
         (kOdd.find(secret.front()) != kOdd.npos || kOdd.find(secret.back()) != kOdd.npos);
}

void check_secret(base::Findings& findings, const std::string& name, const crypto::Secret& secret) {
  constexpr std::size_t kLeast = 32;
  if (secret.empty()) return;
  const auto size = base::counted(static_cast<std::int64_t>(secret.size()), "byte");
  if (secret.size() < kLeast) {
    findings.warn(name,
                  name + " has " + size +
                      ": too weak: anyone who holds a single login token can guess it and "
                      "impersonate any user.",
                  "Have the clinic's login use a key of 32 random bytes or more (openssl rand -hex "
                  "32), and set it here too; ROOMKEY_JWT_PREVIOUS_SECRET takes the old one for as "
                  "long as its tokens live.");
  } else if (secret.reveal().starts_with("django-insecure-")) {
    findings.warn(name, name + " is the key that Django makes for development (django-insecure-).",
                  "Have the clinic's login use a random key of its own, and set it here too.");
  } else if (base::is_utf8(secret.reveal()) && starts_or_ends_oddly(secret.reveal())) {
    findings.warn(name, name + " begins or ends with a blank or a quote.",
                  "If the login's own key has none there, take it out: all tokens are refused.");
  } else {
    findings.ok(name, name + " is set: " + size + " (not shown)");
  }
}

// Whatever else the login's key signs is a way in where neither is checked.
void check_parties(base::Findings& findings, const access::BearerRules& rules) {
  std::string missing;
  if (rules.issuer.empty()) missing = "ROOMKEY_JWT_ISSUER";
  if (rules.audience.empty())
    missing += (missing.empty() ? "" : " and ") + std::string("ROOMKEY_JWT_AUDIENCE");
  if (missing.empty()) return;
  const bool both = missing.find(' ') != missing.npos;
  findings.warn(both || rules.issuer.empty() ? "ROOMKEY_JWT_ISSUER" : "ROOMKEY_JWT_AUDIENCE",
                missing + (both ? " are" : " is") +
                    " not set: a token that the login's key signed for something else opens "
                    "roomkey as well.",
                "Have the login put iss and aud into its tokens (SimpleJWT: ISSUER, AUDIENCE), and "
                "set the same here (roomkey setup --jwt-issuer, --jwt-audience).");
}

// A grant for nobody: made here, shown to no one.
access::Grant grant(const access::Identities& identities) {
  access::Grant one{1, "roomkey-check", 1, "check@roomkey.invalid", std::chrono::minutes{60}};
  one.identity = identities.of(one.appointment_id, one.user_id, one.email);
  if (identities.are_pseudonyms()) one.user_id = 0;
  if (identities.are_pseudonyms()) one.email.clear();
  return one;
}

void take_apart(base::Findings& findings, const std::string& name, const std::string& provider,
                const base::Result<provider::Credential>& made, const config::Config& config,
                std::chrono::sys_seconds now) {
  if (!made) {
    return findings.error(
        name, "No token for " + provider + " could be made: " + made.error().detail + '.',
        "Fix the errors above.");
  }
  const inspect::Report report = inspect::inspect(made->token, config, now);
  for (const auto& finding : report.findings) {
    if (finding.level == base::Finding::Level::warning) continue;
    findings.error(name, "A token made for " + provider + " is wrong. " + finding.text,
                   finding.cure);
  }
  if (!report.faultless()) return;
  findings.ok(name, "A token for " + provider +
                        " was made and taken apart: header, times, rights and signature are right");
}

}  // namespace

void check_bearer(base::Findings& findings, const config::Config& config,
                  const config::Environment& environment, std::chrono::sys_seconds now) {
  if (config.bearer_missing) {
    return findings.error(
        config.bearer_missing->where, config.bearer_missing->text() + '.',
        "Copy it from the clinic's login (Django: SIGNING_KEY)" + std::string(kRestart));
  }
  if (!config.bearer) return;
  const auto algorithm = config.bearer->keys.algorithm;
  if (crypto::is_hmac(algorithm)) {
    for (const auto* const name : {"ROOMKEY_JWT_SECRET", "ROOMKEY_JWT_PREVIOUS_SECRET"}) {
      check_secret(findings, name, config::secret_of(environment, name));
    }
  } else if (const auto count = config.bearer->keys.keys.size(); count > 0) {
    findings.ok("bearer_keys", "The clinic's login: " +
                                   base::counted(static_cast<std::int64_t>(count), "public key") +
                                   " for " + std::string(crypto::name(algorithm)));
    for (const auto& [text, cure, from] : config.bearer->keys.remarks) {
      if (!from || *from <= now) findings.warn("bearer_keys", text + '.', cure);
    }
  }
  check_parties(findings, *config.bearer);
}

void check_token(base::Findings& findings, const provider::Kind& kind, const config::Config& config,
                 std::chrono::sys_seconds now) {
  const auto provider = kind.make(config);
  take_apart(findings, std::string(provider->name()) + "_token", kind.title(),
             provider->mint(grant(config.policy.identities), now), config, now);
}

void check_unknown(base::Findings& findings, const config::Environment& environment) {
  for (const auto& [name, meant, stands] : config::unknown_variables(environment)) {
    const std::string text = name + " is no variable of roomkey's: what it says is not in force.";
    if (meant.empty()) {
      findings.warn(name, text, "Take it out, or see roomkey.env(5) for the name that is meant.");
    } else if (stands) {
      findings.warn(name, text, "Take it out: " + meant + " is set as well.");
    } else {
      findings.error(name, text, "If " + meant + " is meant, call it that" + kRestart);
    }
  }
}

void check_fault(base::Findings& findings, const config::Fault& fault,
                 const std::string& env_file) {
  const std::string& name = fault.where;
  if (!env_file.empty() && name == env_file) {
    const bool line = fault.line > 0;
    const bool closed = ::access(env_file.c_str(), R_OK) != 0 && errno == EACCES;
    const char* const cure = line     ? "Correct that line: KEY=VALUE, or # before a comment."
                             : closed ? "Run roomkey as root."
                                      : "Give --env-file the configuration's right name.";
    return findings.error("env_file",
                          fault.text() + (line ? "." : ". What follows is said without that file."),
                          cure);
  }
  const char* const file_cure =
      fault.unread ? " names the right file and that the workers' user may read it" : " names";
  const std::string cure = !name.ends_with("_FILE")
                               ? "Correct " + name + " as roomkey.env(5) has it"
                           : fault.unread ? "See that " + name + file_cure
                                          : "Put that right in the file that " + name + file_cure;
  findings.error(name, fault.text() + '.', cure + kRestart);
}

}  // namespace roomkey::cli::check
