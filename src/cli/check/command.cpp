#include "cli/check/command.hpp"

#include <algorithm>
#include <iostream>

#include "cli/check/checks.hpp"
#include "cli/store_owner.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/words.hpp"

namespace roomkey::cli::check {

namespace {

using Level = base::Finding::Level;

constexpr const char* kSite = "/etc/nginx/sites-enabled/roomkey.conf";

std::string_view tag(Level status) {
  switch (status) {
    case Level::ok: return "[OK]";
    case Level::warning: return "[WARN]";
    case Level::error: return "[ERROR]";
  }
  return {};
}

std::string_view word(Level status) {
  switch (status) {
    case Level::ok: return "ok";
    case Level::warning: return "warn";
    case Level::error: return "error";
  }
  return {};
}

std::string verdict(const base::Findings& findings, std::string_view passed) {
  const auto errors = findings.count(Level::error);
  return errors == 0 ? std::string(passed)
                     : base::counted(static_cast<std::int64_t>(errors), "problem");
}

bool names(const config::Faults& faults, std::string_view variable) {
  return std::any_of(faults.begin(), faults.end(),
                     [&](const config::Fault& fault) { return fault.where == variable; });
}

void prove(base::Findings& findings, const provider::Kind& kind, const Session& session,
           bool usable, const Fields& fields) {
  const auto proves = kind.proves(session.config);
  if (proves.empty() || fields.configuration) return;
  if (fields.offline) {
    return findings.warn("network", "Not checked with --offline: " + std::string(proves) + '.',
                         "Run `roomkey check` without --offline on a machine with a network.");
  }
  kind.prove(findings, session.config, usable,
             [&](std::string_view variable) { return names(session.faults, variable); });
}

std::vector<const provider::Kind*> used_providers(const config::Config& config) {
  std::vector<const provider::Kind*> used;
  for (const auto* const kind : provider::all()) {
    if (!kind->make(config)->unused()) used.push_back(kind);
  }
  return used;
}

// "Neither A nor B", "None of A, B and C".
std::string none_of_them() {
  const auto kinds = provider::all();
  std::string text = kinds.size() == 2 ? "Neither " : "None of ";
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const bool last = i + 1 == kinds.size();
    if (i > 0) text += !last ? ", " : kinds.size() == 2 ? " nor " : " and ";
    text += kinds[i]->title();
  }
  return text;
}

// "A, B and C, as its console shows them, or D and E"
std::string ways_to_set_one() {
  std::string text;
  for (const auto* const kind : provider::all()) {
    std::vector<std::string_view> names;
    for (const auto& variable : kind->variables()) {
      if (provider::is_needed(variable.role)) names.push_back(variable.name);
    }
    if (!text.empty()) text += ", or ";
    for (std::size_t i = 0; i < names.size(); ++i) {
      text.append(i == 0 ? "" : i + 1 == names.size() ? " and " : ", ").append(names[i]);
    }
    text += kind->where();
  }
  return text;
}

// A provider that is not used is no fault where another is.
void say_which_are_used(base::Findings& findings, const std::vector<const provider::Kind*>& used) {
  const auto* const first = provider::all().front();
  if (used.empty()) {
    findings.error(
        "providers", none_of_them() + " is configured.",
        "Installed, `roomkey setup` asks for one. By hand: set " + ways_to_set_one() + '.');
  } else if (used.front() != first) {
    const std::string title = first->title();
    findings.ok(base::lower_ascii(title),
                title + " is not configured, and not needed: " + used.front()->title() + " is.");
  }
}

void check_providers(base::Findings& findings, const Session& session, const Fields& fields) {
  const config::Config& config = session.config;
  const auto used = used_providers(config);
  say_which_are_used(findings, used);
  check_new_rooms(findings, used, config.store.room_provider,
                  !session.environment.get("ROOMKEY_PROVIDER").empty());
  for (const auto* const kind : provider::all()) {
    const bool usable = kind->check(findings, config);
    prove(findings, *kind, session, usable, fields);
    if (usable) check_token(findings, *kind, config, session.now);
  }
}

// What was found, and the site, where there is one.
std::pair<base::Findings, std::optional<FoundSite>> look_at_machine(const Session& session,
                                                                    const Fields& fields) {
  base::Findings findings;
  check_bearer(findings, session.config, session.environment, session.now);
  check_identities(findings, session.config, session.environment);
  if (fields.configuration) return {std::move(findings), std::nullopt};
  check_files(findings, session.environment, fields.env_file, session.database);
  const bool named = !fields.nginx_site.empty();
  auto site = check_site(findings, named ? fields.nginx_site : kSite, named, session.now);
  return {std::move(findings), std::move(site)};
}

}  // namespace

std::string to_text(const base::Findings& findings, std::string_view passed) {
  std::string text;
  for (const auto& one : findings.all()) {
    text.append(tag(one.level)).append(" ").append(base::plain(one.text)).append("\n");
    if (!one.cure.empty()) text.append("    ").append(base::plain(one.cure)).append("\n");
  }
  const auto errors = findings.count(Level::error);
  return text + (errors == 0 ? "[SUCCESS] " : "[FAILED] ") + verdict(findings, passed) + '\n';
}

std::string to_json(const base::Findings& findings, std::string_view passed) {
  std::string lines;
  for (const auto& one : findings.all()) {
    const auto cure = one.cure.empty() ? std::nullopt : std::optional(one.cure);
    lines += base::JsonObject()
                 .add("check", one.code)
                 .add("status", word(one.level))
                 .add("detail", one.text)
                 .add("cure", cure)
                 .text() +
             '\n';
  }
  const auto errors = findings.count(Level::error);
  const auto warnings = findings.count(Level::warning);
  return lines +
         base::JsonObject()
             .add("check", "summary")
             .add("status", errors == 0 ? "ok" : "error")
             .add("detail", verdict(findings, passed))
             .add_raw("cure", "null")
             .add("problems", static_cast<std::int64_t>(errors))
             .add("warnings", static_cast<std::int64_t>(warnings))
             .text() +
         '\n';
}

int run(Session& session, const Fields& fields) {
  // First, because it may be for root's eyes alone, though it is said later.
  const auto [machine, site] = look_at_machine(session, fields);
  become_store_owner(session.database);
  base::Findings findings;
  for (const auto& fault : session.faults) check_fault(findings, fault, fields.env_file);
  check_unknown(findings, session.environment);
  check_providers(findings, session, fields);
  findings.add(machine);
  const auto used = used_providers(session.config);
  if (fields.configuration) {
    check_store_opens(findings, session.database);
  } else {
    check_store(findings, session.database);
    check_open_rooms(findings, used, session.database);
    const bool by_address = !session.config.policy.identities.are_pseudonyms();
    if (by_address && !used.empty() && used.front() == provider::all().front()) {
      check_users(findings, session.database);
    }
  }
  if (site) check_running(findings, *site);
  if (site && !fields.offline && is_looked_up(site->file.host)) {
    const std::string& host = site->file.host;
    check_name(findings, host, look_up(host), own_addresses(),
               !site->file.proxies.networks.empty());
  }
  const auto passed = (used.empty() ? provider::all().front() : used.front())->passed();
  std::cout << (session.json ? to_json : to_text)(findings, passed);
  return findings.count(Level::error) == 0 ? kDone : kFailed;
}

}  // namespace roomkey::cli::check
