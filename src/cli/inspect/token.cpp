#include <algorithm>

#include "cli/inspect/report.hpp"
#include "roomkey/base/ascii.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::cli::inspect {

using namespace provider::inspection;
using provider::join;
using provider::Kind;
using provider::Sight;

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

std::string what_roomkey_makes() {
  return "roomkey makes tokens for " +
         join(" and ", [](const Kind& kind) { return std::string(kind.title()) + " Video"; });
}

std::size_t parts_of(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '.')) + 1;
}

// What a text is that does not have a token's three parts.
void say_no_token(const Inquiry& inquiry, std::string_view text) {
  if (text.empty()) return inquiry.error("malformed", "There is no token.", kCopyAgain);
  if (text.front() == '{') {
    return inquiry.error("malformed", "This is JSON and no token.",
                         "Copy the value of " + join(" or ", [](const Kind& kind) {
                           return std::string(kind.token_field()) + " (" + kind.title() + ')';
                         }) + " only.");
  }
  if (text.find("...") != text.npos || text.find(kEllipsis) != text.npos) {
    return inquiry.error("malformed", "The token was shortened where it was copied from.",
                         kCopyAgain);
  }
  if (text.starts_with("T1==")) {
    return inquiry.error("other_provider", "This is a token of Vonage Video (OpenTok).",
                         what_roomkey_makes() + '.');
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
  if (claims.isMember("app_key") || claims.isMember("tpc")) return "Zoom";
  if (claims.isMember("application_id")) return "Vonage";
  return {};
}

const Kind* first_that(const std::function<bool(const Kind& kind)>& fits) {
  const auto kinds = provider::all();
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const Kind* kind) { return fits(*kind); });
  return found == kinds.end() ? nullptr : *found;
}

// Null: the login's, or nobody's that is known. First what only one kind has, then whose key signed
// it, then what is likely.
const Kind* whose(const Inquiry& inquiry) {
  const Token& token = inquiry.token;
  const auto seen_as = [&](Sight sight) {
    return first_that([&](const Kind& kind) { return kind.see(token) == sight; });
  };
  if (const auto* const kind = seen_as(Sight::surely)) return kind;
  if (token.claims.isMember("token_type")) return nullptr;
  const auto* const signer = first_that([&](const Kind& kind) {
    const provider::Signer one = kind.signers(inquiry.settings).front();
    return signed_with(token, one.value, one.algorithm);
  });
  if (signer != nullptr) return signer;
  if (signed_by_login(inquiry) || !other_provider(token.claims).empty()) return nullptr;
  return seen_as(Sight::likely);
}

// Of a token that is no provider's.
bool is_bearer(const Inquiry& inquiry) {
  const Json::Value& claims = inquiry.token.claims;
  if (claims.isMember("token_type") || signed_by_login(inquiry)) return true;
  return other_provider(claims).empty() && (claims.isMember("user_id") || inquiry.login != nullptr);
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
    return inquiry.error(
        "other_provider", "This is a token of " + other + '.',
        what_roomkey_makes() + "; a frontend of another provider's needs that provider's.");
  }
  inquiry.error(
      "unknown_kind",
      "This is neither " +
          join(" nor ", [](const Kind& kind) { return std::string("a ") + kind.token_title(); }) +
          " nor a bearer token with a user_id.",
      "Inspect it with the clinic's configuration (--env-file), or see where it was "
      "copied from.");
}

// A token for a provider that the configuration does without is another's.
void inspect_use(const Inquiry& inquiry, const Kind& kind) {
  if (!kind.make(inquiry.settings)->unused()) return;
  const auto* const used =
      first_that([&](const Kind& one) { return !one.make(inquiry.settings)->unused(); });
  if (used == nullptr) return;
  inquiry.warning("other_provider",
                  std::string("roomkey is set up for ") + used->title() + " here, not for " +
                      kind.title() + '.',
                  "A frontend needs a token of the provider whose client it uses: see where this "
                  "one came from.");
}

void say_kind(const Inquiry& inquiry, const Kind& kind) {
  inquiry.report.kind = kind.name();
  kind.inspect(inquiry);
  inspect_use(inquiry, kind);
}

void inspect_kind(const Inquiry& inquiry, std::span<const LoginSecret> login) {
  if (const auto* const kind = whose(inquiry)) {
    say_kind(inquiry, *kind);
  } else if (is_bearer(inquiry)) {
    inquiry.report.kind = "bearer";
    inspect_bearer(inquiry, login);
  } else {
    inspect_unknown(inquiry);
  }
}

// A provider's whose tokens are no JWS; null where it is none such.
const Kind* whose_text(const Token& token) {
  return first_that([&](const Kind& kind) { return kind.see(token) == Sight::surely; });
}

// What can't be read is told from its header.
const Kind* whose_header(const Token& token) {
  const Token header{token.text, {}, {}, token.header};
  return first_that([&](const Kind& kind) { return kind.see(header) == Sight::surely; });
}

// A provider has a code of its own for what it can't read.
void name_what_the_provider_says(Report& report) {
  const auto* const kind = first_that([&](const Kind& one) { return one.name() == report.kind; });
  if (kind == nullptr || kind->malformed().empty()) return;
  for (auto& finding : report.findings) {
    if (finding.code == "malformed") finding.code = kind->malformed();
  }
}

// A token of before, perhaps: it is good at the provider as long as it lasts.
void warn_of_name(const Inquiry& inquiry, const access::Identities& identities) {
  Report& report = inquiry.report;
  const bool is_providers =
      first_that([&](const Kind& kind) { return kind.name() == report.kind; });
  if (!identities.are_pseudonyms() || !is_providers) return;
  const bool named = std::any_of(report.lines.begin(), report.lines.end(), [](const auto& line) {
    const bool tells = line.label == "identity" || line.label == "name" || line.label == "user";
    return tells && !line.value.starts_with('(') && !access::is_pseudonym(line.value);
  });
  if (!named) return;
  inquiry.warning("named", "The token names its holder, and ROOMKEY_IDENTITY is pseudonym here.",
                  "It was made before that was set, or elsewhere: fetch a new one.");
}

}  // namespace

Report inspect(std::string_view text, const config::Config& config, std::chrono::sys_seconds now,
               std::span<const LoginSecret> login) {
  Report report;
  Token token;
  const Inquiry inquiry{token, config, config.bearer ? &*config.bearer : nullptr, now, report};
  token.text = bare(text);
  if (const auto* const own = whose_text(token)) {
    say_kind(inquiry, *own);
  } else if (take_apart(inquiry, bare(text), token)) {
    inspect_kind(inquiry, login);
  } else if (const auto* const kind = whose_header(token)) {
    report.kind = kind->name();
  }
  name_what_the_provider_says(report);
  warn_of_name(inquiry, config.policy.identities);
  std::stable_partition(
      report.findings.begin(), report.findings.end(),
      [](const base::Finding& one) { return one.level == base::Finding::Level::error; });
  return report;
}

}  // namespace roomkey::cli::inspect
