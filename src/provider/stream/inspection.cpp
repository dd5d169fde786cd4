// Stream's error codes: https://getstream.io/chat/docs/react/api_errors_response (5, 40 to 43).
#include "provider/stream/inspection.hpp"

#include "roomkey/base/text.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider::stream {

using namespace inspection;

namespace {

constexpr const char* kMintedWrong =
    "Use tokens issued by roomkey; whatever issued this one needs fixing.";

void inspect_header(const Inquiry& inquiry) {
  inquiry.line("algorithm", shown(inquiry.token.header, "alg"));
  if (text_at(inquiry.token.header, "alg") == "HS256") return;
  inquiry.error("5",
                "The header's alg is " + said(inquiry.token.header, "alg") +
                    ", and must be HS256 for Stream.",
                kMintedWrong);
}

void inspect_user(const Inquiry& inquiry) {
  const Json::Value& claims = inquiry.token.claims;
  const std::string user = text_at(claims, "user_id");
  inquiry.line("user", shown(claims, "user_id"));
  if (member(claims, "server") == true) {
    inquiry.error("server_token",
                  "This is a token for servers: whoever holds it may do everything in the app.",
                  "If it was in a browser, a mail or a ticket, renew the API secret in Stream's "
                  "dashboard. Browsers get the tokens that roomkey makes.");
  } else if (user.empty()) {
    inquiry.error("5", "The token names no user (user_id).", kMintedWrong);
  } else if (user != fit_name(user)) {
    inquiry.warning("5",
                    "The user id is not of the form that roomkey gives: a-z 0-9 @ _ - and no digit "
                    "at its beginning.",
                    "The browser must connect with just the userId that came with the token.");
  }
}

// The calls that the token names, such as "default:apt-47-...".
void inspect_calls(const Inquiry& inquiry) {
  const Json::Value& calls = member(inquiry.token.claims, "call_cids");
  if (calls.isNull()) return inquiry.line("call", "none named");
  constexpr Json::ArrayIndex kShown = 5;
  bool good = calls.isArray() && !calls.empty();
  for (Json::ArrayIndex i = 0; good && i < calls.size(); ++i) {
    good = calls[i].isString() && calls[i].asString().find(':') != std::string::npos;
    if (good && i >= kShown) continue;
    Json::Value one(Json::objectValue);
    one["call"] = calls[i];
    inquiry.line("call", shown(one, "call"));
  }
  if (good && calls.size() > kShown) {
    inquiry.line("call", "and " + std::to_string(calls.size() - kShown) + " more");
  }
  if (good) return;
  inquiry.error("5", "The claim call_cids is not a list of calls such as default:apt-47.",
                kMintedWrong);
}

void inspect_life(const Inquiry& inquiry) {
  inspect_times(inquiry,
                {.expired = "40",
                 .bad_expiry = "40",
                 .not_yet = "41",
                 .issued_later = "42",
                 .exp_required = false,
                 .renew = "Fetch a new token; give Stream's client a function that fetches one "
                          "(token provider), not a string."});
  if (inquiry.token.claims.isMember("exp")) return;
  inquiry.warning("no_expiry", "The token never expires. roomkey makes no such token.",
                  "Find what made it; it stays good until the API secret is renewed.");
}

void inspect_spelling(const Inquiry& inquiry) {
  if (inquiry.token.payload_part.find_first_of("-_") == std::string_view::npos) return;
  inquiry.warning("spelling",
                  "The payload part has - or _ in it, which Stream's browser SDKs can't decode.",
                  "Keep user and call ids to plain ASCII letters and digits.");
}

void inspect_signature(const Inquiry& inquiry) {
  const Token& token = inquiry.token;
  const auto& secret = inquiry.settings.stream.api_secret;
  if (token.signature && token.signature->empty()) {
    inquiry.line("signature", "none");
    return inquiry.error("43", "The token is not signed.", kMintedWrong);
  }
  if (secret.empty()) return say_unchecked(inquiry, "STREAM_API_SECRET");
  if (signed_with(token, secret.reveal())) {
    return inquiry.line("signature", "made with STREAM_API_SECRET");
  }
  inquiry.line("signature", "not made with STREAM_API_SECRET");
  inquiry.error("43",
                "The signature was made with another secret than STREAM_API_SECRET." +
                    other_signer(inquiry, secret, "STREAM_API_SECRET"),
                "Copy key and secret of one and the same app from Stream's dashboard to "
                "STREAM_API_KEY and STREAM_API_SECRET, restart the workers and fetch a new token.");
}

// By what others seldom have.
bool is_likely_ours(const Token& token) {
  const std::string user = text_at(token.claims, "user_id");
  return (!user.empty() && !base::parse_id(user)) || token.claims.isMember("server");
}

}  // namespace

Sight see(const Token& token) {
  if (token.claims.isMember("call_cids")) return Sight::surely;  // as no other token has
  return is_likely_ours(token) ? Sight::likely : Sight::not_at_all;
}

void inspect(const Inquiry& inquiry) {
  inspect_header(inquiry);
  inspect_user(inquiry);
  inspect_calls(inquiry);
  inspect_life(inquiry);
  inspect_spelling(inquiry);
  inspect_signature(inquiry);
}

}  // namespace roomkey::provider::stream
