// Who may join which calls at Stream, for `roomkey check`: it is asked for its call types, and what
// follows from their roles is said. A token adds rights there and takes none away, so what a bound
// one is worth stands in the roles alone. Sources: https://getstream.io/video/docs/api/call_types/
// (grants by role) and the listCallTypes of npm's @stream-io/node-sdk. Private to this folder.
#pragma once

#include <optional>
#include <string>

#include "roomkey/base/finding.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/provider/https.hpp"
#include "roomkey/provider/stream/token.hpp"

namespace roomkey::provider::stream {

// What came of asking.
struct RolesAnswer {
  std::string host;                                 // who was asked
  int status = 0;                                   // HTTP; 0 where no answer came
  Https::Failure failure = Https::Failure::answer;  // why none did
  std::string why = {};                             // the same in libcurl's words
  std::optional<Json::Value> body = {};             // where it is a JSON object
};
[[nodiscard]] RolesAnswer ask_roles(const TokenSettings& settings);
// Pure.
void check_roles(base::Findings& findings, const RolesAnswer& answer);

}  // namespace roomkey::provider::stream
