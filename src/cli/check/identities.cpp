#include "cli/check/checks.hpp"

namespace roomkey::cli::check {

namespace {

constexpr const char* kSecretName = "ROOMKEY_IDENTITY_SECRET";

void check_lax(base::Findings& findings, const config::Config& config) {
  for (const auto* const kind : provider::all()) {
    const std::string variable(kind->lax(config));
    if (variable.empty()) continue;
    findings.warn(variable,
                  variable +
                      " is not in force: ROOMKEY_IDENTITY is pseudonym, and a token that is "
                      "for no call in particular would name one person in all of them.",
                  "Take it out.");
  }
}

// Whoever has the other can tell whose pseudonym it is.
void check_apart(base::Findings& findings, const config::Environment& environment) {
  const auto secret = config::secret_of(environment, kSecretName);
  for (const auto other : config::Environment::secrets()) {
    if (other.starts_with("ROOMKEY_IDENTITY")) continue;
    const std::string name(other);
    if (config::secret_of(environment, name).reveal() != secret.reveal()) continue;
    findings.warn(kSecretName,
                  std::string(kSecretName) + " is the same as " + name +
                      ": whoever has that can find out whose pseudonym is whose.",
                  "Make it one of its own, `openssl rand -hex 32`, while nobody is in a room.");
  }
}

}  // namespace

void check_identities(base::Findings& findings, const config::Config& config,
                      const config::Environment& environment) {
  if (!config.policy.identities.are_pseudonyms()) return;
  findings.ok("identity",
              "People have pseudonyms at the providers, another in each appointment "
              "(ROOMKEY_IDENTITY)");
  check_lax(findings, config);
  check_apart(findings, environment);
}

}  // namespace roomkey::cli::check
