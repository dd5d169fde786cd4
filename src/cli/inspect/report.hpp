// A token taken apart: what it says, in words, and what is wrong with it. Pure: no store, no
// network, no clock. The report holds no signature, no secret and no more of a SID than it takes to
// tell two apart; its texts may hold what a stranger wrote, so print it by to_text() or to_json().
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/base/finding.hpp"
#include "roomkey/config/config.hpp"

namespace roomkey::cli::inspect {

struct Report {
  struct Line {
    std::string label;
    std::string value;
  };
  std::string kind = "unknown";  // or "twilio", "stream", "bearer"
  std::vector<Line> lines;
  // Errors, then warnings. `code` is what the door that refuses the token says: Twilio's error code,
  // Stream's, or the word of a base::Code; a word of ours where no door says anything.
  std::vector<base::Finding> findings;

  // No error; there may be warnings.
  [[nodiscard]] bool faultless() const;
};

// An HMAC secret of the clinic's login, and the variable that it is in.
struct LoginSecret {
  std::string variable;
  crypto::Secret secret;
};

// Takes any text: a Twilio access token, a Stream token, a clinic's bearer token (with or without
// `Bearer` before it), or none of these. What `config` lacks is not checked, and the report says
// so. With the login's secrets it says as well which spelling of one (base64 decoded, say) made a
// signature that the configured bytes did not make.
[[nodiscard]] Report inspect(std::string_view token, const config::Config& config,
                             std::chrono::sys_seconds now, std::span<const LoginSecret> login = {});

// For a person, in plain ASCII, whatever the token holds.
[[nodiscard]] std::string to_text(const Report& report);
// One object on one line: kind, ok, lines, findings.
[[nodiscard]] std::string to_json(const Report& report);

}  // namespace roomkey::cli::inspect
