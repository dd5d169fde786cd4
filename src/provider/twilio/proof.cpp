// What Twilio's answers mean. https://www.twilio.com/docs/api/errors/20003 (401: nobody by that
// name and secret, or no right to what was asked), 20404, and
// https://www.twilio.com/docs/iam/api-keys (Standard keys may not ask for /Accounts and /Keys).
#include "provider/twilio/proof.hpp"

#include <algorithm>

#include "provider/reach.hpp"
#include "provider/twilio/sid.hpp"
#include "roomkey/base/words.hpp"

namespace roomkey::provider::twilio {

namespace {

using std::chrono::seconds;

constexpr const char* kMismatchCure =
    "Copy TWILIO_ACCOUNT_SID and TWILIO_API_KEY from one and the same account: choose it in "
    "Twilio's Console, then see API keys & tokens. If the key is not listed there it was revoked "
    "or "
    "is another account's: make a new one, in region US1, and set TWILIO_API_SECRET with it.";

// False, and said, where the answer is not Twilio's or none came.
bool reached(base::Findings& findings, const Reply& reply, const std::string& host) {
  const std::string http = "HTTP " + std::to_string(reply.status);
  if (reply.status == 0) {
    findings.error("network", host + " can't be reached: " + reply.why + '.',
                   network_cure(reply.failure, host));
  } else if (!reply.json) {
    findings.error(
        "network", host + " answers with " + http + " and not as Twilio does (no JSON).",
        "Something else answers there: a proxy or a sign-in page between, or TWILIO_API_URL "
        "and TWILIO_VIDEO_URL lead elsewhere.");
  } else if (reply.status == 429 || reply.status >= 500) {
    findings.error("network", host + " has trouble: it answers with " + http + '.',
                   "Try again in a minute; https://status.twilio.com says what Twilio knows.");
  } else {
    return true;
  }
  return false;
}

void check_clock(base::Findings& findings, const Answers& answers) {
  constexpr seconds kWarn{10}, kError{60};
  const auto ahead =
      answers.rooms.clock_ahead ? answers.rooms.clock_ahead : answers.account.clock_ahead;
  if (!ahead) {
    return findings.warn("clock", "This machine's clock was not compared: Twilio said no time.",
                         "See that timedatectl says System clock synchronized: yes.");
  }
  const auto off = std::chrono::abs(*ahead);
  if (off <= kWarn) return findings.ok("clock", "This machine's clock agrees with Twilio's");
  const std::string text = "This machine's clock is " + base::in_words(off) +
                           (ahead->count() > 0 ? " ahead of" : " behind") + " Twilio's.";
  const std::string cure =
      "Set it: timedatectl set-ntp true, then see that timedatectl says System clock synchronized: "
      "yes. With a wrong clock tokens are refused as expired or not yet valid.";
  off > kError ? findings.error("clock", text, cure) : findings.warn("clock", text, cure);
}

std::string key_sid(const Answers& answers) { return masked_sid(answers.api_key); }

void mismatch(base::Findings& findings, const Answers& answers, const std::string& why) {
  findings.error("api_key_account",
                 "API Key Account SID mismatch! The API key " + key_sid(answers) +
                     " is not of the account " + masked_sid(answers.account_sid) + why + '.',
                 kMismatchCure);
}

// The account that some answer names and that is not the configured one; empty where none does.
std::string other_account(const Answers& answers) {
  for (const auto* reply :
       {&answers.rooms, &answers.account, answers.key ? &*answers.key : nullptr}) {
    if (reply != nullptr && !reply->account_sid.empty() &&
        reply->account_sid != answers.account_sid) {
      return reply->account_sid;
    }
  }
  return {};
}

bool good(const std::optional<Reply>& reply) { return reply && reply->good(); }
bool refused(const std::optional<Reply>& reply) { return reply && reply->refused(); }
bool not_there(const std::optional<Reply>& reply) { return reply && reply->not_there(); }

// Twilio says the same to a wrong secret and to a key that is gone; the Auth Token can ask which.
void say_refused(base::Findings& findings, const Answers& answers) {
  constexpr const char* kName = "api_secret";
  if (not_there(answers.key_by_token) || not_there(answers.key) || answers.account.not_there()) {
    return mismatch(findings, answers,
                    ": Twilio does not find it there, so it was revoked or is "
                    "another account's");
  }
  if (good(answers.key_by_token)) {
    return findings.error(
        kName,
        "TWILIO_API_SECRET is not the secret of the API key " + key_sid(answers) +
            " (401, error 20003). The key itself is there.",
        "Copy the secret that was shown when the key was made. A lost one can't be "
        "shown again: make a new API key, in region US1.");
  }
  if (answers.rooms.status == 403) {
    return findings.error(kName,
                          "Twilio refuses the API key " + key_sid(answers) +
                              " for Video (403): it is restricted, or the account is suspended.",
                          "Use a Standard key, and see in Twilio's Console that the account is "
                          "active.");
  }
  findings.error(
      kName,
      "Twilio refuses the API key " + key_sid(answers) + " with TWILIO_API_SECRET (" +
          std::to_string(answers.rooms.status) + ", error " + std::to_string(answers.rooms.error) +
          "): the secret is wrong, or the key was revoked or is not of region US1. Twilio "
          "says the same to all of these.",
      "Look for the key in Twilio's Console, under API keys & tokens, region US1. Is it "
      "there, copy its secret again; is it not, or the secret lost, make a new key. With "
      "TWILIO_AUTH_TOKEN set, `roomkey check` can tell which it is.");
}

// True where API key and secret are accepted.
bool check_secret(base::Findings& findings, const Answers& answers) {
  if (answers.rooms.good()) {
    findings.ok("api_secret", "Twilio accepts the API key with its secret (GET /v1/Rooms)");
    return true;
  }
  if (answers.rooms.refused()) {
    say_refused(findings, answers);
  } else {
    findings.error("api_secret",
                   answers.video_host + " knows no rooms (HTTP " +
                       std::to_string(answers.rooms.status) + ", error " +
                       std::to_string(answers.rooms.error) + ").",
                   "Leave TWILIO_VIDEO_URL out, unless a gateway of your own is there.");
  }
  return false;
}

void check_account(base::Findings& findings, const Answers& answers) {
  const bool by_token = !answers.account.good() && good(answers.account_by_token);
  const Reply& reply = by_token ? *answers.account_by_token : answers.account;
  const std::string sid = masked_sid(answers.account_sid);
  if (!reply.good()) return;  // a Standard key, which check_key() speaks of, or a mismatch
  if (reply.account_status == "active" || reply.account_status.empty()) {
    return findings.ok("account", "The account " + sid + " is reachable and active");
  }
  findings.error(
      "account", "The account " + sid + " is " + reply.account_status + '.',
      "Twilio serves no calls until that is settled: see Twilio's Console, or ask Twilio's "
      "support.");
}

void check_key(base::Findings& findings, const Answers& answers) {
  const bool standard = refused(answers.key) || answers.account.refused();
  if (const auto other = other_account(answers); !other.empty()) {
    return mismatch(findings, answers, ", but of " + masked_sid(other));
  }
  if (answers.account.not_there() || not_there(answers.key) || not_there(answers.key_by_token)) {
    return mismatch(findings, answers, " (404)");
  }
  if (standard) {
    findings.ok(
        "api_key_type",
        "Twilio refuses the API key on /Accounts or /Keys, as it does every Standard key, which "
        "is fine");
  }
  if (good(answers.key) || good(answers.key_by_token) || answers.account.good() ||
      !answers.rooms.account_sid.empty()) {
    return findings.ok("api_key_account", "API Key belongs to the correct account");
  }
  if (!standard) return;  // no answer, and said
  findings.warn(
      "api_key_account",
      "That the API key is of the account " + masked_sid(answers.account_sid) +
          " was not proven: Twilio tells a Standard key nothing of it.",
      "Compare the two in Twilio's Console. With the right TWILIO_AUTH_TOKEN set, `roomkey "
      "check` asks with that.");
}

void check_auth_token(base::Findings& findings, const Answers& answers) {
  if (good(answers.account_by_token)) {
    findings.ok("auth_token", "Twilio accepts TWILIO_AUTH_TOKEN");
  } else if (refused(answers.account_by_token)) {
    findings.warn("auth_token",
                  "Twilio refuses TWILIO_AUTH_TOKEN for the account " +
                      masked_sid(answers.account_sid) + " (" +
                      std::to_string(answers.account_by_token->status) +
                      "): if it is wrong, callbacks are refused.",
                  "Copy the primary Auth Token from Twilio's Console, under API keys & tokens, and "
                  "restart the workers.");
  }
}

}  // namespace

Answers ask(const Configuration& configuration) {
  const auto& rest = configuration.rest;
  Account twilio({.account_sid = rest.account_sid,
                  .api_key = rest.api_key,
                  .api_secret = crypto::Secret(rest.api_secret.reveal()),
                  .api_url = rest.api_url,
                  .video_url = rest.video_url},
                 configuration.callback.auth_token);
  Answers answers{.account_sid = rest.account_sid,
                  .api_key = rest.api_key,
                  .video_host = host_of(rest.video_url),
                  .api_host = host_of(rest.api_url),
                  .rooms = twilio.rooms(),
                  .account = twilio.account(Account::As::api_key)};
  if (answers.account.status == 0) return answers;
  answers.key = twilio.key(Account::As::api_key);
  const bool unclear =
      answers.rooms.refused() || answers.account.refused() || answers.key->refused();
  if (!unclear || configuration.callback.auth_token.empty()) return answers;
  answers.account_by_token = twilio.account(Account::As::auth_token);
  if (!answers.account_by_token->good()) return answers;
  answers.key_by_token = twilio.key(Account::As::auth_token);
  return answers;
}

void check_answers(base::Findings& findings, const Answers& answers) {
  const bool video = reached(findings, answers.rooms, answers.video_host);
  const bool same_host = answers.api_host == answers.video_host;
  const bool api = (!video && same_host) || reached(findings, answers.account, answers.api_host);
  check_clock(findings, answers);
  const bool accepted = video && check_secret(findings, answers);
  if (api) check_account(findings, answers);
  if (api && accepted) check_key(findings, answers);
  check_auth_token(findings, answers);
}

}  // namespace roomkey::provider::twilio
