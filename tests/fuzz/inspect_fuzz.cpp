// `roomkey inspect`: any text, and its report.
#include <algorithm>

#include "cli/inspect/report.hpp"
#include "fuzz.hpp"
#include "roomkey/base/json.hpp"
#include "support/clinic.hpp"

FUZZ(input) {
  using namespace roomkey;
  static const config::Config config = [] {
    config::Config made;
    made.bearer = test::hs256_rules();
    made.twilio.token = test::twilio_settings();
    made.stream = test::stream_settings();
    return made;
  }();
  // As it is, or as the payload of a token of the clinic's.
  const bool sign = input.byte() % 2 == 1;
  const std::string token = sign ? test::bearer_with(input.rest()) : std::string(input.rest());
  const auto report = cli::inspect::inspect(token, config, test::kNine);
  const std::string text = cli::inspect::to_text(report);
  fuzz::promise(std::all_of(text.begin(), text.end(),
                            [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }),
                "a report is plain text", text);
  fuzz::promise(base::parse_json_object(cli::inspect::to_json(report)).has_value(), "or JSON");
  const auto dot = token.rfind('.');
  if (sign) {
    fuzz::promise(text.find(token.substr(dot + 1)) == text.npos, "without the signature", text);
  }
}
