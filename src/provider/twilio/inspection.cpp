// Twilio's error codes: https://www.twilio.com/docs/api/errors/20101 to 20107, 20157, 53000, 53200.
// That Video takes keys of region US1 only:
// https://www.twilio.com/docs/video/tutorials/user-identity-access-tokens
#include "provider/twilio/inspection.hpp"

#include <algorithm>
#include <array>

#include "provider/twilio/sid.hpp"
#include "roomkey/access/identity.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/base/words.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider::twilio {

using namespace inspection;

namespace {

constexpr std::string_view kContent = "twilio-fpa;v=1";
constexpr const char* kMintedWrong =
    "Use tokens issued by roomkey; whatever issued this one needs fixing.";
constexpr const char* kCompareSids =
    "Compare TWILIO_ACCOUNT_SID (AC...) and TWILIO_API_KEY (SK...) with Twilio's Console, under "
    "API keys & tokens, and fetch a new token.";

std::string official_name(const std::string& code) {
  static constexpr std::array<std::array<const char*, 2>, 9> kNames{
      {{"20101", "Invalid Access Token"},
       {"20102", "Invalid Access Token header"},
       {"20103", "Invalid Access Token issuer/subject"},
       {"20104", "Access Token expired or expiration date invalid"},
       {"20105", "Access Token not yet valid"},
       {"20106", "Invalid Access Token grants"},
       {"20107", "Invalid Access Token signature"},
       {"53000", "Signaling connection error"},
       {"53200", "Participant identity is invalid"}}};
  for (const auto& [number, name] : kNames) {
    if (code == number) return std::string(" Twilio's words: ") + name + '.';
  }
  return {};
}

std::string masked(const Json::Value& claims, const char* key) {
  const std::string text = text_at(claims, key);
  return text.empty() ? shown(claims, key) : masked_sid(text);
}

void inspect_header(const Inquiry& inquiry) {
  const Json::Value& header = inquiry.token.header;
  inquiry.line("algorithm", shown(header, "alg"));
  inquiry.line("content", shown(header, "cty"));
  const auto demand = [&](const char* key, std::string_view wanted) {
    if (text_at(header, key) == wanted) return;
    inquiry.error("20102",
                  std::string("The header's ") + key + " is " + said(header, key) +
                      ", and must be " + std::string(wanted) + '.',
                  kMintedWrong);
  };
  demand("alg", "HS256");
  demand("typ", "JWT");
  demand("cty", kContent);
}

void warn_of_region(const Inquiry& inquiry, const std::string& region) {
  if (!has_signalling(region)) {
    inquiry.warning("53000",
                    "The token names the region " + shown(inquiry.token.header, "twr") +
                        ", where Twilio Video has no signalling. A browser that connects with "
                        "that region fails.",
                    kSetRegion);
  }
  if (region == "us1") return;
  inquiry.warning("20103",
                  "The token names the region " + shown(inquiry.token.header, "twr") +
                      " (twr). It moves neither media nor signalling, and for Video the API key "
                      "must be one of region US1 all the same.",
                  "If Twilio refuses the token though nothing else is wrong with it: see in the "
                  "Console that the API key is listed under region US1, or leave twr out with "
                  "TWILIO_REGION_HEADER=off.");
}

void inspect_region(const Inquiry& inquiry) {
  const auto& settings = inquiry.settings.twilio.token;
  const Json::Value& header = inquiry.token.header;
  if (!header.isMember("twr")) return;
  inquiry.line("region", shown(header, "twr") + " (twr)");
  const std::string region = text_at(header, "twr");
  const std::string expected = settings.stamp_region ? settings.region : "";
  if (!settings.api_key.empty() && region != expected) {
    inquiry.warning("20103",
                    "The configuration would put " +
                        (expected.empty() ? "no region" : "the region " + expected) +
                        " on a token (TWILIO_REGION, TWILIO_REGION_HEADER).",
                    "The token is from before a change of the configuration, or from elsewhere: "
                    "fetch a new one.");
  }
  warn_of_region(inquiry, region);
}

// Why the SIDs can't be right, whatever the configuration; empty where they can.
std::string wrong_sids(const std::string& issuer, const std::string& subject) {
  if (issuer.starts_with("AC") && subject.starts_with("SK")) {
    return "Issuer and subject are swapped: iss holds the account SID, sub the API key.";
  }
  if (issuer.empty()) return "The token names no issuer (iss): the API key's SID belongs there.";
  if (issuer.starts_with("AC")) {
    return "The issuer (iss) is an account SID: the API key's SID (SK...) belongs there.";
  }
  if (!is_sid(issuer, "SK")) {
    return "The issuer (iss) is not the SID of an API key: SK and 32 hexadecimal digits.";
  }
  if (subject.empty()) return "The token names no subject (sub): the account's SID belongs there.";
  if (!is_sid(subject, "AC")) {
    return "The subject (sub) is not the SID of an account: AC and 32 hexadecimal digits.";
  }
  return {};
}

void inspect_issuer(const Inquiry& inquiry) {
  const auto& settings = inquiry.settings.twilio.token;
  const Json::Value& claims = inquiry.token.claims;
  const std::string issuer = text_at(claims, "iss");
  const std::string subject = text_at(claims, "sub");
  const auto own = [](const std::string& sid, const std::string& ours, const char* variable) {
    return !ours.empty() && sid == ours ? std::string(" (") + variable + ')' : std::string();
  };
  inquiry.line("API key", masked(claims, "iss") + own(issuer, settings.api_key, "TWILIO_API_KEY"));
  inquiry.line("account",
               masked(claims, "sub") + own(subject, settings.account_sid, "TWILIO_ACCOUNT_SID"));
  if (auto why = wrong_sids(issuer, subject); !why.empty()) {
    return inquiry.error("20103", std::move(why), kCompareSids);
  }
  if (!settings.api_key.empty() && issuer != settings.api_key) {
    inquiry.error("20103", "The token was made with another API key than TWILIO_API_KEY.",
                  "Fetch a new token. If the new one is the same, another server made it, or the "
                  "workers were not restarted after the key was changed.");
  }
  if (!settings.account_sid.empty() && subject != settings.account_sid) {
    inquiry.error("20103", "The token is for another account than TWILIO_ACCOUNT_SID.",
                  kCompareSids);
  }
}

void inspect_life(const Inquiry& inquiry) {
  constexpr std::chrono::hours kLongest{24};
  inspect_times(
      inquiry,
      {.expired = "20104",
       .bad_expiry = "20104",
       .not_yet = "20105",
       .issued_later = "20105",
       .early = std::chrono::seconds{5},
       .renew = "Fetch a new token, right before the call is joined; a browser must not keep one. "
                "If new tokens have expired too, set this machine's clock (timedatectl)."});
  const auto issued = time_at(inquiry.token.claims, "iat");
  const auto expires = time_at(inquiry.token.claims, "exp");
  const auto start = issued.value_or(inquiry.now);
  if (expires && *expires - start > kLongest) {
    inquiry.error("20104",
                  "The token lives for " + base::in_words(*expires - start) +
                      ", and Twilio allows 24 hours (also seen as error 20157).",
                  kMintedWrong);
  } else if (expires && *expires > inquiry.now && *expires <= start) {
    inquiry.error("20104", "The token expires before it was issued.", kMintedWrong);
  }
}

void inspect_identity(const Inquiry& inquiry, const Json::Value& grants) {
  const std::string identity = text_at(grants, "identity");
  inquiry.line("identity", shown(grants, "identity"));
  if (identity.empty()) {
    inquiry.error("53200", "The grants hold no identity: nobody can join without a name.",
                  kMintedWrong);
  } else if (access::identity_size(identity) > access::kLongestIdentity) {
    inquiry.error("53200", "The identity is longer than the 128 characters that Twilio allows.",
                  "Give the user a shorter address: the identity is <user id>-<email>.");
  }
}

void inspect_room(const Inquiry& inquiry, const Json::Value& grants) {
  const Json::Value& video = member(grants, "video");
  if (!video.isObject()) {
    return inquiry.error("20106", "The grants hold no video grant: the token opens no room.",
                         kMintedWrong);
  }
  inquiry.line("room", shown(video, "room"));
  if (video.isMember("room") && !video["room"].isString()) {
    return inquiry.error("20106", "The video grant's room is not text.", kMintedWrong);
  }
  if (text_at(video, "room").empty()) {
    inquiry.error("any_room",
                  "The video grant names no room, so the token opens every room of the account. "
                  "Twilio lets it in; roomkey never makes such a token.",
                  "Take it out of use, and find what made it: it is not of roomkey's making.");
  }
}

void inspect_grants(const Inquiry& inquiry) {
  const Json::Value& grants = member(inquiry.token.claims, "grants");
  if (!grants.isObject()) {
    return inquiry.error("20106", "The token has no grants.", kMintedWrong);
  }
  inspect_identity(inquiry, grants);
  inspect_room(inquiry, grants);
  const auto others = other_names(grants, {"identity", "video"});
  if (!others.empty()) inquiry.line("other grants", others);
}

void inspect_signature(const Inquiry& inquiry) {
  const auto& settings = inquiry.settings.twilio.token;
  const Token& token = inquiry.token;
  const std::string cure =
      "Copy the secret of exactly this API key to TWILIO_API_SECRET, without anything around it "
      "(it is not the account's auth token), restart the workers and fetch a new token. A lost "
      "secret can't be shown again: make a new key, in region US1.";
  if (token.signature && token.signature->empty()) {
    inquiry.line("signature", "none");
    return inquiry.error("20107", "The token is not signed.", kMintedWrong);
  }
  if (settings.api_secret.empty()) return say_unchecked(inquiry, "TWILIO_API_SECRET");
  if (signed_with(token, settings.api_secret.reveal())) {
    return inquiry.line("signature", "made with TWILIO_API_SECRET");
  }
  const std::string other = other_signer(inquiry, settings.api_secret, "TWILIO_API_SECRET");
  const bool other_key =
      !settings.api_key.empty() && text_at(token.claims, "iss") != settings.api_key;
  if (other_key && other.empty()) {
    return inquiry.line("signature", "not checked: it is another API key's");
  }
  inquiry.line("signature", "not made with TWILIO_API_SECRET");
  inquiry.error("20107",
                "The signature was made with another secret than TWILIO_API_SECRET." + other, cure);
}

// By what no other token has.
bool is_surely_ours(const Token& token) {
  return text_at(token.header, "cty").starts_with("twilio-") || token.claims.isMember("grants");
}

// By what others seldom have.
bool is_likely_ours(const Token& token) {
  const auto looks_like_sid = [](const std::string& text) {
    return text.size() == 34 && (text.starts_with("SK") || text.starts_with("AC"));
  };
  return looks_like_sid(text_at(token.claims, "iss")) ||
         looks_like_sid(text_at(token.claims, "sub"));
}

}  // namespace

Sight see(const Token& token) {
  if (is_surely_ours(token)) return Sight::surely;
  return is_likely_ours(token) ? Sight::likely : Sight::not_at_all;
}

void inspect(const Inquiry& inquiry) {
  const auto before = inquiry.report.findings.size();
  inspect_header(inquiry);
  inspect_region(inquiry);
  inspect_issuer(inquiry);
  inspect_grants(inquiry);
  inspect_life(inquiry);
  inspect_signature(inquiry);
  auto& findings = inquiry.report.findings;
  for (auto one = findings.begin() + static_cast<std::ptrdiff_t>(before); one != findings.end();
       ++one) {
    if (one->level == base::Finding::Level::error) one->text += official_name(one->code);
  }
}

}  // namespace roomkey::provider::twilio
