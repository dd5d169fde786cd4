#include <algorithm>

#include "cli/inspect/inquiry.hpp"
#include "roomkey/base/ascii.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::cli::inspect {

namespace {

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";  // U+2026
constexpr std::string_view kBlanks = " \t\r\n";
constexpr const char* kCopyAgain =
    "Copy it again, whole: it is three parts of letters, digits, - and _, with dots between them.";

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// What is around a token where people copy it from: a header's name, its scheme, quotes.
std::string_view bare(std::string_view text) {
  text = without_blanks(text);
  const auto starts_with = [&](std::string_view word) {
    return base::equals_ignoring_case(text.substr(0, word.size()), word);
  };
  if (starts_with("authorization:")) text = without_blanks(text.substr(14));
  if (starts_with("bearer ") || starts_with("bearer\t")) text = without_blanks(text.substr(7));
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'');
  return quoted && text.back() == text.front() ? text.substr(1, text.size() - 2) : text;
}

std::size_t parts_of(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '.')) + 1;
}

// What a text is that does not have a token's three parts.
void say_no_token(const Inquiry& inquiry, std::string_view text) {
  if (text.empty()) return inquiry.error("malformed", "There is no token.", kCopyAgain);
  if (text.front() == '{') {
    return inquiry.error("malformed", "This is JSON and no token.",
                         "Copy the value of access_token (Twilio) or token (Stream) only.");
  }
  if (text.find("...") != text.npos || text.find(kEllipsis) != text.npos) {
    return inquiry.error("malformed", "The token was shortened where it was copied from.",
                         kCopyAgain);
  }
  if (text.starts_with("T1==")) {
    return inquiry.error("other_provider", "This is a token of Vonage Video (OpenTok).",
                         "roomkey makes tokens for Twilio Video and Stream Video.");
  }
  if (parts_of(text) == 5) {
    return inquiry.error("malformed", "The token is encrypted (JWE) and can't be looked into.",
                         "roomkey takes signed tokens (JWS) only.");
  }
  const auto parts = parts_of(text);
  inquiry.error("malformed",
                "This is no token: it has " + std::to_string(parts) +
                    (parts == 1 ? " part" : " parts") + " between dots, and must have three.",
                kCopyAgain);
}

std::string why_not_base64url(std::string_view part) {
  if (part.find_first_of(kBlanks) != part.npos) return "has a blank or a line break in it";
  if (part.find('=') != part.npos) return "is padded with =";
  if (part.find_first_of("+/") != part.npos) return "is base64 and not base64url (+ and /)";
  const auto foreign = [](char c) { return !(base::is_alphanumeric(c) || c == '-' || c == '_'); };
  if (std::any_of(part.begin(), part.end(), foreign)) return "has a character that can't be there";
  return "was cut or changed";
}

std::optional<std::string> decoded(const Inquiry& inquiry, const char* name,
                                   std::string_view part) {
  auto bytes = crypto::from_base64url(part);
  if (!bytes) {
    inquiry.error("malformed",
                  std::string("The token's ") + name + ' ' + why_not_base64url(part) + '.',
                  kCopyAgain);
  }
  return bytes;
}

bool take_object(const Inquiry& inquiry, const char* name, std::string_view part,
                 Json::Value& object) {
  const auto text = decoded(inquiry, name, part);
  if (!text) return false;
  auto parsed = base::parse_json_object(*text);
  if (parsed) {
    object = std::move(*parsed);
    return true;
  }
  inquiry.error("malformed",
                std::string("The token's ") + name + " is " + parsed.error().detail + '.',
                "The text was changed on its way, or whatever made the token must be mended (no "
                "name may stand in it twice).");
  return false;
}

// False where nothing more can be said.
bool take_apart(const Inquiry& inquiry, std::string_view text, Token& token) {
  token.text = text;
  if (parts_of(text) != 3 || text.front() == '{' || text.find(kEllipsis) != text.npos) {
    say_no_token(inquiry, text);
    return false;
  }
  const auto first = text.find('.');
  const auto second = text.find('.', first + 1);
  token.signed_part = text.substr(0, second);
  token.payload_part = text.substr(first + 1, second - first - 1);
  const bool header = take_object(inquiry, "header", text.substr(0, first), token.header);
  const bool claims = take_object(inquiry, "payload", token.payload_part, token.claims);
  token.signature = decoded(inquiry, "signature", text.substr(second + 1));
  return header && claims;
}

// The provider whose token this is, judged by claims that no other has; empty where unknown.
std::string other_provider(const Json::Value& claims) {
  if (member(claims, "video").isObject()) return "LiveKit";
  if (text_at(claims, "aud") == "jitsi") return "Jitsi";
  if (claims.isMember("app_key") || claims.isMember("tpc")) return "Zoom";
  if (claims.isMember("application_id")) return "Vonage";
  return {};
}

bool names_sids(const Json::Value& claims) {
  const auto is_sid = [](const std::string& text) {
    return text.size() == 34 && (text.starts_with("SK") || text.starts_with("AC"));
  };
  return is_sid(text_at(claims, "iss")) || is_sid(text_at(claims, "sub"));
}

// First what only one kind has, then whose key signed it, then what is likely.
std::string kind_of(const Token& token, const config::Config& config) {
  const Json::Value& claims = token.claims;
  if (text_at(token.header, "cty").starts_with("twilio-") || claims.isMember("grants")) {
    return "twilio";
  }
  if (claims.isMember("call_cids")) return "stream";
  if (claims.isMember("token_type")) return "bearer";
  if (signed_with(token, config.twilio.api_secret.reveal())) return "twilio";
  if (signed_with(token, config.stream.api_secret.reveal())) return "stream";
  if (signed_by_login(token, config)) return "bearer";
  if (!other_provider(claims).empty()) return "unknown";
  if (names_sids(claims)) return "twilio";
  const std::string user = text_at(claims, "user_id");
  if ((!user.empty() && !base::parse_id(user)) || claims.isMember("server")) return "stream";
  return claims.isMember("user_id") || config.bearer ? "bearer" : "unknown";
}

void inspect_unknown(const Inquiry& inquiry) {
  inquiry.line("algorithm", shown(inquiry.token.header, "alg"));
  inquiry.line("claims", other_names(inquiry.token.claims, {}));
  inspect_times(inquiry, {"token_expired",
                          "invalid_token",
                          "invalid_token",
                          "invalid_token",
                          {},
                          std::chrono::seconds{5},
                          true,
                          true,
                          "Fetch a new one."});
  const std::string other = other_provider(inquiry.token.claims);
  if (!other.empty()) {
    return inquiry.error("other_provider", "This is a token of " + other + '.',
                         "roomkey makes tokens for Twilio Video and Stream Video; a frontend of "
                         "another provider's needs that provider's.");
  }
  inquiry.error("unknown_kind",
                "This is neither a Twilio access token nor a Stream token nor a bearer token with "
                "a user_id.",
                "Inspect it with the clinic's configuration (--env-file), or see where it was "
                "copied from.");
}

// A token for a provider that the configuration does without is another's.
void inspect_use(const Inquiry& inquiry) {
  const auto& twilio = inquiry.config.twilio;
  const auto& stream = inquiry.config.stream;
  const bool uses_twilio = !twilio.account_sid.empty() || !twilio.api_key.empty();
  const bool uses_stream = !stream.api_key.empty() || !stream.api_secret.empty();
  const bool is_twilio = inquiry.report.kind == "twilio";
  const bool is_stream = inquiry.report.kind == "stream";
  if ((is_twilio && !uses_twilio && uses_stream) || (is_stream && !uses_stream && uses_twilio)) {
    inquiry.warning("other_provider",
                    is_twilio ? "roomkey is set up for Stream here, not for Twilio."
                              : "roomkey is set up for Twilio here, not for Stream.",
                    "A frontend needs a token of the provider whose client it uses: see where this "
                    "one came from.");
  }
}

void inspect_kind(const Inquiry& inquiry) {
  inquiry.report.kind = kind_of(inquiry.token, inquiry.config);
  if (inquiry.report.kind == "twilio") inspect_twilio(inquiry);
  if (inquiry.report.kind == "stream") inspect_stream(inquiry);
  if (inquiry.report.kind == "bearer") inspect_bearer(inquiry);
  if (inquiry.report.kind == "unknown") inspect_unknown(inquiry);
  inspect_use(inquiry);
}

// Twilio refuses what it can't read with 20101.
void name_what_twilio_says(Report& report) {
  for (auto& finding : report.findings) {
    if (finding.code == "malformed") finding.code = "20101";
  }
}

}  // namespace

bool Report::faultless() const {
  return std::none_of(findings.begin(), findings.end(), [](const base::Finding& one) {
    return one.level == base::Finding::Level::error;
  });
}

Report inspect(std::string_view text, const config::Config& config, std::chrono::sys_seconds now,
               std::span<const LoginSecret> login) {
  Report report;
  Token token;
  const Inquiry inquiry{token, config, now, report, login};
  if (take_apart(inquiry, bare(text), token)) {
    inspect_kind(inquiry);
  } else if (text_at(token.header, "cty").starts_with("twilio-")) {
    report.kind = "twilio";
  }
  if (report.kind == "twilio") name_what_twilio_says(report);
  std::stable_partition(
      report.findings.begin(), report.findings.end(),
      [](const base::Finding& one) { return one.level == base::Finding::Level::error; });
  return report;
}

}  // namespace roomkey::cli::inspect
