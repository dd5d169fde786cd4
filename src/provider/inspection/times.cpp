#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/words.hpp"
#include "roomkey/provider/inspection.hpp"

namespace roomkey::provider::inspection {

namespace {

// Why the claim is no time, as the end of a sentence.
std::string no_time(const Json::Value& claim) {
  constexpr double kMilliseconds = 1e12;  // 2001 in milliseconds
  if (claim.isString()) return "is text, and must be a number without quotes";
  if (!claim.isNumeric()) return "is not a time in seconds since 1970";
  const double number = claim.asDouble();
  if (number < 0) return "is negative, and must be seconds since 1970";
  if (number >= kMilliseconds && number < kMilliseconds * 100) {
    return "looks like milliseconds, and must be seconds since 1970";
  }
  return "is past the year 9999, and must be seconds since 1970";
}

void say_line(const Inquiry& inquiry, const char* label, const char* claim) {
  const Json::Value& claims = inquiry.token.claims;
  if (const auto time = time_at(claims, claim)) {
    inquiry.line(label, base::format_utc(*time) + " (" + base::relative(*time, inquiry.now) + ')');
  } else if (claims.isMember(claim)) {
    inquiry.line(label, shown(claims, claim));
  }
}

// RFC 7519 allows fractions of a second, and roomkey's door does; a provider's may not.
void inspect_fraction(const Inquiry& inquiry, const char* claim, const std::string& code,
                      const TimeRules& rules) {
  const Json::Value& value = member(inquiry.token.claims, claim);
  if (rules.any_number || !time_at(inquiry.token.claims, claim) || base::integer(value)) return;
  inquiry.warning(code, std::string("The claim ") + claim + " is not written as a whole number.",
                  "Whoever makes the token should round its times to whole seconds.");
}

void inspect_start(const Inquiry& inquiry, const char* claim, const std::string& code,
                   const TimeRules& rules) {
  const Json::Value& claims = inquiry.token.claims;
  if (!claims.isMember(claim)) return;
  const auto time = time_at(claims, claim);
  if (!time) {
    inquiry.error(code, std::string("The claim ") + claim + ' ' + no_time(claims[claim]) + '.',
                  "Whoever makes the token must put seconds since 1970 there.");
  } else if (*time > inquiry.now + rules.early) {
    inquiry.error(code,
                  std::string("The token is not valid yet: its ") + claim + " is " +
                      base::relative(*time, inquiry.now) + '.',
                  "Set the clocks: that of the machine that made the token is ahead, or that of "
                  "this one is behind (timedatectl shows whether it is synchronized).");
  }
  inspect_fraction(inquiry, claim, code, rules);
}

void inspect_expiry(const Inquiry& inquiry, const TimeRules& rules) {
  const Json::Value& claims = inquiry.token.claims;
  const auto expires = time_at(claims, "exp");
  if (!claims.isMember("exp")) {
    if (rules.exp_required) {
      inquiry.error(rules.bad_expiry, "The token has no time of expiry (exp).",
                    "Whoever makes the token must give it one.");
    }
  } else if (!expires) {
    inquiry.error(rules.bad_expiry, "The claim exp " + no_time(claims["exp"]) + '.',
                  "Whoever makes the token must put seconds since 1970 there.");
  } else if (inquiry.now - rules.late >= *expires) {
    inquiry.error(rules.expired, "The token expired " + base::relative(*expires, inquiry.now) + '.',
                  rules.renew);
  }
  inspect_fraction(inquiry, "exp", rules.bad_expiry, rules);
}

}  // namespace

std::optional<std::chrono::sys_seconds> time_at(const Json::Value& claims, const char* key) {
  return base::numeric_date(member(claims, key));
}

void inspect_times(const Inquiry& inquiry, const TimeRules& rules) {
  say_line(inquiry, "issued", "iat");
  say_line(inquiry, "valid from", "nbf");
  say_line(inquiry, "expires", "exp");
  const Json::Value& claims = inquiry.token.claims;
  const auto issued = time_at(claims, "iat");
  const auto expires = time_at(claims, "exp");
  if (issued && expires && *expires >= *issued)
    inquiry.line("life", base::in_words(*expires - *issued));
  inspect_expiry(inquiry, rules);
  inspect_start(inquiry, "nbf", rules.not_yet, rules);
  inspect_start(inquiry, "iat", rules.issued_later, rules);
}

}  // namespace roomkey::provider::inspection
