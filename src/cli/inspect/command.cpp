#include "cli/inspect/command.hpp"

#include <algorithm>
#include <iostream>

#include "cli/inspect/report.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/words.hpp"

namespace roomkey::cli::inspect {

namespace {

constexpr std::size_t kMostBytes = 16384;

// No more than one byte above what is taken, however much there is.
std::string standard_input() {
  std::string text(kMostBytes + 1, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  return text;
}

std::string_view title(std::string_view kind) {
  for (const auto* const provider : provider::all()) {
    if (kind == provider->name()) return provider->token_title();
  }
  if (kind == "bearer") return "bearer token";
  return "unknown token";
}

std::string_view word(base::Finding::Level level) {
  return level == base::Finding::Level::error ? "error" : "warning";
}

// The last line: how many faults and warnings there are.
std::string verdict(const Report& report) {
  const auto errors = std::count_if(
      report.findings.begin(), report.findings.end(),
      [](const base::Finding& one) { return one.level == base::Finding::Level::error; });
  const auto warnings = std::ssize(report.findings) - errors;
  const std::string more = warnings == 0 ? "" : ", " + base::counted(warnings, "warning");
  return errors == 0 ? "[OK] no fault found" + more
                     : "[FAILED] " + base::counted(errors, "fault") + more;
}

std::vector<LoginSecret> login_secrets(const config::Environment& environment) {
  std::vector<LoginSecret> secrets;
  for (const char* const variable : {"ROOMKEY_JWT_SECRET", "ROOMKEY_JWT_PREVIOUS_SECRET"}) {
    secrets.push_back({variable, config::secret_of(environment, variable)});
  }
  return secrets;
}

}  // namespace

std::string to_text(const Report& report) {
  constexpr std::size_t kColumn = 14;
  std::string text(title(report.kind));
  text += '\n';
  for (const auto& [label, value] : report.lines) {
    text += "  " + label + std::string(kColumn - std::min(kColumn - 1, label.size()), ' ');
    text += base::plain(value) + '\n';
  }
  for (const auto& finding : report.findings) {
    const bool error = finding.level == base::Finding::Level::error;
    text += std::string(error ? "[ERROR] " : "[WARN] ") + finding.code + ": ";
    text += base::plain(finding.text) + "\n    " + base::plain(finding.cure) + '\n';
  }
  return text + verdict(report) + '\n';
}

std::string to_json(const Report& report) {
  base::JsonArray lines;
  for (const auto& [label, value] : report.lines) {
    lines.add_raw(base::JsonObject().add("label", label).add("value", value).text());
  }
  base::JsonArray findings;
  for (const auto& finding : report.findings) {
    findings.add_raw(base::JsonObject()
                         .add("severity", word(finding.level))
                         .add("code", finding.code)
                         .add("text", finding.text)
                         .add("cure", finding.cure)
                         .text());
  }
  return base::JsonObject()
             .add("kind", report.kind)
             .add("ok", report.faultless())
             .add_raw("lines", lines.text())
             .add_raw("findings", findings.text())
             .text() +
         '\n';
}

int run(Session& session, const std::string& token) {
  const std::string text = token == "-" ? standard_input() : token;
  if (text.size() > kMostBytes) {
    return fail(kUsage, "the input is over 16 KiB, and no token is that long",
                "roomkey inspect - < FILE, where FILE holds the token and nothing else");
  }
  if (text.find_first_not_of(" \t\r\n") == text.npos) {
    return fail(kUsage, "there is no token", "paste it behind `roomkey inspect -`, then Ctrl-D");
  }
  const Report report =
      inspect(text, session.config, session.now, login_secrets(session.environment));
  std::cout << (session.json ? to_json(report) : to_text(report));
  return report.faultless() ? kDone : kFailed;
}

}  // namespace roomkey::cli::inspect
