#include "cli/check/command.hpp"

#include <algorithm>
#include <iostream>

#include "cli/check/checks.hpp"
#include "cli/inspect/inquiry.hpp"
#include "cli/store_owner.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/words.hpp"

namespace roomkey::cli::check {

namespace {

constexpr const char* kSite = "/etc/nginx/sites-enabled/roomkey.conf";

std::string_view tag(Check::Status status) {
  switch (status) {
    case Check::Status::ok: return "[OK]";
    case Check::Status::warn: return "[WARN]";
    case Check::Status::error: return "[ERROR]";
  }
  return {};
}

std::string_view word(Check::Status status) {
  switch (status) {
    case Check::Status::ok: return "ok";
    case Check::Status::warn: return "warn";
    case Check::Status::error: return "error";
  }
  return {};
}

std::string verdict(const Checks& checks) {
  const auto errors = checks.count(Check::Status::error);
  if (errors > 0) return base::counted(static_cast<std::int64_t>(errors), "problem");
  return checks.twilio ? "All Twilio tests passed!" : "All checks passed!";
}

bool names(const std::vector<std::string>& faults, std::string_view variable) {
  return std::any_of(faults.begin(), faults.end(),
                     [&](const std::string& fault) { return fault.starts_with(variable); });
}

void ask(Checks& checks, const Session& session, bool twilio, const Fields& fields) {
  const std::string& url = session.config.callback.url;
  const bool unused = provider::Twilio(session.config.twilio).unused();
  if (unused && url.empty()) return;
  if (fields.configuration) return;
  if (fields.offline) {
    return checks.warn("network",
                       "Not checked with --offline: this machine's clock, the account, the API "
                       "key, its secret, and the way to the callback.",
                       "Run `roomkey check` without --offline on a machine with a network.");
  }
  const bool known_addresses =
      !names(session.faults, "TWILIO_API_URL") && !names(session.faults, "TWILIO_VIDEO_URL");
  if (twilio && known_addresses) {
    check_twilio(checks, ask_twilio(session.config));
  } else if (!unused) {
    checks.warn("network",
                "Twilio was not asked, and this machine's clock not compared with Twilio's.",
                "Fix the errors above, then run `roomkey check` again.");
  }
  if (!url.empty() && !names(session.faults, "TWILIO_STATUS_CALLBACK_URL")) {
    check_callback(checks, ask_callback(url));
  }
}

// A provider that is not used is no fault where the other is.
void check_providers(Checks& checks, const Session& session, const Fields& fields) {
  const config::Config& config = session.config;
  const bool no_twilio = provider::Twilio(config.twilio).unused();
  const bool no_stream = provider::Stream(config.stream).unused();
  if (no_twilio && no_stream) {
    checks.error("providers", "Neither Twilio nor Stream is configured.",
                 "Installed, `roomkey setup` asks for one. By hand: set "
                 "TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET, as Twilio's "
                 "Console shows them under API keys & tokens, or STREAM_API_KEY and "
                 "STREAM_API_SECRET.");
  } else if (no_twilio) {
    checks.ok("twilio", "Twilio is not configured, and not needed: Stream is.");
  }
  if (no_twilio && !config.callback.auth_token.empty()) {
    checks.warn("TWILIO_AUTH_TOKEN",
                "TWILIO_AUTH_TOKEN is set, and TWILIO_ACCOUNT_SID, TWILIO_API_KEY and "
                "TWILIO_API_SECRET are not: nothing can be done with it.",
                "Set those three, too, or take it out.");
  }
  const bool twilio = !no_twilio && check_twilio_variables(
                                        checks, {config.twilio.account_sid, config.twilio.api_key,
                                                 config.twilio.api_secret.reveal(),
                                                 config.callback.auth_token.reveal()});
  if (!no_twilio) check_regions(checks, config);
  if (!no_twilio) check_callback_variables(checks, config);
  ask(checks, session, twilio, fields);
  if (twilio) check_twilio_token(checks, config, session.now);
  if (no_stream) return;
  if (check_stream_variables(checks, config.stream.api_key, config.stream.api_secret.reveal())) {
    check_stream_token(checks, config, session.now);
  }
}

// What was found, and the site, where there is one.
std::pair<Checks, std::optional<FoundSite>> look_at_machine(const Session& session,
                                                            const Fields& fields) {
  Checks checks;
  check_bearer(checks, session.config, session.environment, session.now);
  if (fields.configuration) return {std::move(checks), std::nullopt};
  check_files(checks, session.environment, fields.env_file, session.database.path());
  const bool named = !fields.nginx_site.empty();
  auto site = check_site(checks, named ? fields.nginx_site : kSite, named, session.now);
  return {std::move(checks), std::move(site)};
}

}  // namespace

void Checks::ok(std::string name, std::string text) {
  all_.push_back({Check::Status::ok, std::move(name), std::move(text), ""});
}

void Checks::warn(std::string name, std::string text, std::string cure) {
  all_.push_back({Check::Status::warn, std::move(name), std::move(text), std::move(cure)});
}

void Checks::error(std::string name, std::string text, std::string cure) {
  all_.push_back({Check::Status::error, std::move(name), std::move(text), std::move(cure)});
}

void Checks::add(const Checks& more) {
  all_.insert(all_.end(), more.all_.begin(), more.all_.end());
}

std::size_t Checks::count(Check::Status status) const {
  return static_cast<std::size_t>(std::count_if(
      all_.begin(), all_.end(), [&](const Check& one) { return one.status == status; }));
}

std::string to_text(const Checks& checks) {
  std::string text;
  for (const auto& one : checks.all()) {
    text.append(tag(one.status)).append(" ").append(base::plain(one.text)).append("\n");
    if (!one.cure.empty()) text.append("    ").append(base::plain(one.cure)).append("\n");
  }
  const auto errors = checks.count(Check::Status::error);
  return text + (errors == 0 ? "[SUCCESS] " : "[FAILED] ") + verdict(checks) + '\n';
}

std::string to_json(const Checks& checks) {
  std::string lines;
  for (const auto& one : checks.all()) {
    const auto cure = one.cure.empty() ? std::nullopt : std::optional(one.cure);
    lines += base::JsonObject()
                 .add("check", one.name)
                 .add("status", word(one.status))
                 .add("detail", one.text)
                 .add("cure", cure)
                 .text() +
             '\n';
  }
  const auto errors = checks.count(Check::Status::error);
  const auto warnings = checks.count(Check::Status::warn);
  return lines +
         base::JsonObject()
             .add("check", "summary")
             .add("status", errors == 0 ? "ok" : "error")
             .add("detail", verdict(checks))
             .add_raw("cure", "null")
             .add("problems", static_cast<std::int64_t>(errors))
             .add("warnings", static_cast<std::int64_t>(warnings))
             .text() +
         '\n';
}

int run(Session& session, const Fields& fields) {
  // First, because it may be for root's eyes alone, though it is said later.
  const auto [machine, site] = look_at_machine(session, fields);
  become_store_owner(session.database.path());
  Checks checks;
  for (const auto& fault : session.faults) check_fault(checks, fault, fields.env_file);
  checks.twilio = !provider::Twilio(session.config.twilio).unused();
  check_unknown(checks, session.environment);
  check_providers(checks, session, fields);
  checks.add(machine);
  const bool twilio = !provider::Twilio(session.config.twilio).unused();
  if (fields.configuration) {
    check_store_opens(checks, session.database);
  } else {
    check_store(checks, session.database);
    if (twilio) check_users(checks, session.database);
  }
  if (site) check_running(checks, *site);
  if (site && !fields.offline && is_looked_up(site->file.host)) {
    const std::string& host = site->file.host;
    check_name(checks, host, look_up(host), own_addresses(), site->file.behind_proxy);
  }
  std::cout << (session.json ? to_json(checks) : to_text(checks));
  return checks.count(Check::Status::error) == 0 ? kDone : kFailed;
}

}  // namespace roomkey::cli::check
