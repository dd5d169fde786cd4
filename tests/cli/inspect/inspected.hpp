// A configuration with everything in it, tokens that are right at nine o'clock, and what a report
// says in short.
#pragma once

#include "cli/inspect/report.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace roomkey::test {

inline const std::string kNow = std::to_string(base::unix_seconds(kNine));
inline std::string from_now(std::int64_t seconds) {
  return std::to_string(base::unix_seconds(kNine) + seconds);
}

inline config::Config clinic_config() {
  config::Config config;
  config.bearer = hs256_rules();
  config.twilio.token = twilio_settings("");
  config.stream = stream_settings();
  return config;
}

inline std::string signed_by(std::string_view secret, std::string_view header,
                             std::string_view claims) {
  return crypto::sign_jws(header, claims,
                          crypto::Key::from_secret(secret, crypto::Algorithm::hs256).value());
}

// "error 20104, warning 20103": severities and codes, in their order.
inline std::string codes(const cli::inspect::Report& report) {
  std::string list;
  for (const auto& one : report.findings) {
    list += list.empty() ? "" : ", ";
    list += one.level == base::Finding::Level::error ? "error " : "warning ";
    list += one.code;
  }
  return list;
}

inline std::string value_of(const cli::inspect::Report& report, std::string_view label) {
  for (const auto& line : report.lines) {
    if (line.label == label) return line.value;
  }
  return "(no such line)";
}

// All that the report says, as a person sees it.
inline std::string text_of(const std::string& token,
                           const config::Config& config = clinic_config()) {
  return cli::inspect::to_text(cli::inspect::inspect(token, config, kNine));
}

// That these are the report's findings, and that each says what to do.
inline cli::inspect::Report found(std::string_view wanted, const std::string& token,
                                  const config::Config& config = clinic_config(),
                                  std::string_view part = "", test::Where where = test::here()) {
  auto report = cli::inspect::inspect(token, config, kNine);
  same(wanted, codes(report), cli::inspect::to_text(report), where);
  std::string said;
  for (const auto& one : report.findings) {
    expect(!one.text.empty() && !one.cure.empty(), "without a cure: " + one.text, where);
    said += one.text + ' ' + one.cure + '\n';
  }
  expect(contains(said, part), said, where);
  return report;
}

}  // namespace roomkey::test
