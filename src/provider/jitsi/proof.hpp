// Whether Jitsi is there, for `roomkey check`: what a browser loads first is asked for. Whether it
// takes the secret, nobody but Prosody can say, and only to who joins. Private to this folder.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "roomkey/base/finding.hpp"
#include "roomkey/provider/https.hpp"
#include "roomkey/provider/jitsi/token.hpp"

namespace roomkey::provider::jitsi {

// What came of asking for external_api.js.
struct ScriptAnswer {
  std::string host;
  int status = 0;                                        // HTTP; 0 where no answer came
  Https::Failure failure = Https::Failure::answer;       // why none did
  std::string why = {};                                  // the same in libcurl's words
  bool is_script = false;                                // Jitsi's own
  std::optional<std::chrono::seconds> clock_ahead = {};  // ours of theirs
};
[[nodiscard]] std::string script_url(const TokenSettings& settings);
[[nodiscard]] ScriptAnswer ask_script(const std::string& url, std::chrono::sys_seconds now);
// Pure.
void check_script(base::Findings& findings, const ScriptAnswer& answer);

}  // namespace roomkey::provider::jitsi
