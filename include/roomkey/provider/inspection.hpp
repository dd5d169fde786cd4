// What the kinds of tokens have in common when they are inspected. Every function here takes
// hostile content.
#pragma once

#include <json/value.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/access/bearer.hpp"
#include "roomkey/base/finding.hpp"
#include "roomkey/crypto/key.hpp"
#include "roomkey/crypto/secret.hpp"

namespace roomkey::provider {
struct Settings;  // all.hpp
}

namespace roomkey::provider::inspection {

// A token taken apart: what it says, in words, and what is wrong with it. It holds no signature, no
// secret and no more of a SID than it takes to tell two apart; its texts may hold what a stranger
// wrote.
struct Report {
  struct Line {
    std::string label;
    std::string value;
  };

  std::string kind = "unknown";  // or a Kind::name(), or "bearer"
  std::vector<Line> lines;
  // Errors, then warnings. `code` is what the door that refuses the token says: the provider's
  // error code, or the word of a base::Code; a word of ours where no door says anything.
  std::vector<base::Finding> findings;

  // No error; there may be warnings.
  [[nodiscard]] bool faultless() const;
};

struct Token {
  std::string_view text;
  std::string_view payload_part;           // as it stands in the token
  std::string_view signed_part;            // header and payload
  Json::Value header{Json::objectValue};   // empty where it can't be read
  Json::Value claims{Json::objectValue};   // empty where they can't be read
  std::optional<std::string> signature{};  // nothing where it is not base64url
};

// A report under way.
struct Inquiry {
  const Token& token;
  const Settings& settings;
  const access::BearerRules* login;  // null where the clinic's login is not known
  std::chrono::sys_seconds now;
  Report& report;

  void line(std::string label, std::string value) const;
  void error(std::string code, std::string text, std::string cure) const;
  void warning(std::string code, std::string text, std::string cure) const;
};

// A member of what may be no object; null where there is none.
[[nodiscard]] const Json::Value& member(const Json::Value& object, const char* key);
// A member's text; empty where it is missing or no string.
[[nodiscard]] std::string text_at(const Json::Value& object, const char* key);
// A member for a person to read: its text, its number, or of which type it is. Never long.
[[nodiscard]] std::string shown(const Json::Value& object, const char* key);
// The same, and of a list its first members.
[[nodiscard]] std::string shown_list(const Json::Value& object, const char* key);
// The same as shown() inside a sentence: "missing" without brackets.
[[nodiscard]] std::string said(const Json::Value& object, const char* key);
// The names of the claims that are not among `known`, such as "jti, name"; may be empty.
[[nodiscard]] std::string other_names(const Json::Value& object,
                                      const std::vector<std::string_view>& known);

// How a door reads the times of a token, and what it says.
struct TimeRules {
  std::string expired, bad_expiry, not_yet, issued_later;  // codes
  std::chrono::seconds late{0};                            // still taken so long after exp
  std::chrono::seconds early{0};  // taken already so long before nbf and iat
  bool exp_required = true;
  bool any_number = false;  // a time may be written with a fraction or an exponent
  std::string renew;        // the cure for an expired token
};
// Lines and findings for iat, nbf and exp.
void inspect_times(const Inquiry& inquiry, const TimeRules& rules);

// A time claim that can be read.
[[nodiscard]] std::optional<std::chrono::sys_seconds> time_at(const Json::Value& claims,
                                                              const char* key);

[[nodiscard]] bool signed_with(const Token& token, const crypto::Key& key);
// HS256; false for an empty secret.
[[nodiscard]] bool signed_with(const Token& token, std::string_view secret);
// With a secret or by a PEM's key, as the algorithm needs it; false for what is neither.
[[nodiscard]] bool signed_with(const Token& token, std::string_view secret,
                               crypto::Algorithm algorithm);
[[nodiscard]] bool signed_by_login(const Inquiry& inquiry);
// The spelling of the secret that made the signature, in words with its variable: "the
// base64-decoded value of X", "X with a line break behind it". Empty where none did.
[[nodiscard]] std::string respelt(const Token& token, const crypto::Secret& secret,
                                  const std::string& variable, crypto::Algorithm algorithm);
// What made a signature that `variable`'s secret did not make: a sentence on another secret of the
// configuration or this one in another spelling. Empty where that can't be told.
[[nodiscard]] std::string other_signer(const Inquiry& inquiry, const crypto::Secret& secret,
                                       const std::string& variable);
// The warning for a signature that `variable` would be needed for.
void say_unchecked(const Inquiry& inquiry, const std::string& variable);

}  // namespace roomkey::provider::inspection
