// What the server says: `pkg/service/auth.go` and `utils.go` of github.com/livekit/livekit. It has
// no error numbers, so the codes are the HTTP status that a browser's log shows.
#include "provider/livekit/inspection.hpp"

#include <array>

#include "provider/livekit/claims.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider::livekit {

using namespace inspection;

namespace {

constexpr const char* kMintedWrong =
    "Use tokens issued by roomkey; whatever issued this one needs fixing.";
constexpr const char* kTakeOut =
    "Take it out of use, and find what made it: it is not of roomkey's making. If it was in a "
    "browser, a mail or a ticket, make a new API key and take this one out.";

bool is_webhook(const Token& token) { return !text_at(token.claims, "sha256").empty(); }

void inspect_header(const Inquiry& inquiry) {
  inquiry.line("algorithm", shown(inquiry.token.header, "alg"));
  if (text_at(inquiry.token.header, "alg") == "HS256") return;
  inquiry.error("401",
                "The header's alg is " + said(inquiry.token.header, "alg") +
                    ", and must be HS256 for LiveKit.",
                kMintedWrong);
}

void inspect_issuer(const Inquiry& inquiry) {
  const std::string& ours = inquiry.settings.livekit.token.api_key;
  const std::string issuer = text_at(inquiry.token.claims, "iss");
  const bool own = !ours.empty() && issuer == ours;
  inquiry.line("API key", shown(inquiry.token.claims, "iss") + (own ? " (LIVEKIT_API_KEY)" : ""));
  if (issuer.empty()) {
    inquiry.error("401", "The token names no issuer (iss): the API key belongs there.",
                  kMintedWrong);
  } else if (!ours.empty() && !own) {
    inquiry.error("401", "The token was made with another API key than LIVEKIT_API_KEY.",
                  "Fetch a new token. If the new one is the same, another server made it, or the "
                  "workers were not restarted after the key was changed.");
  }
}

void inspect_identity(const Inquiry& inquiry) {
  const std::string identity = text_at(inquiry.token.claims, "sub");
  inquiry.line("identity", shown(inquiry.token.claims, "sub"));
  if (inquiry.token.claims.isMember("name")) {
    inquiry.line("name", shown(inquiry.token.claims, "name"));
  }
  if (identity.empty()) {
    inquiry.error("400", "The token names nobody (sub): nobody can join without an identity.",
                  kMintedWrong);
  } else if (identity.size() > kMostBytes) {
    inquiry.error("400", "The identity is longer than the 256 bytes that LiveKit allows.",
                  "Give the user a shorter address: the identity is <user id>-<email>.");
  }
}

// The rights over rooms, each a reason not to let it into a browser.
std::string administers(const Json::Value& video) {
  static constexpr std::array kRights{"roomCreate",   "roomList", "roomAdmin", "roomRecord",
                                      "ingressAdmin", "hidden",   "recorder",  "destinationRoom"};
  std::string all;
  for (const char* const right : kRights) {
    const Json::Value& value = member(video, right);
    const bool has = value == true || (value.isString() && !value.asString().empty());
    if (has) all += (all.empty() ? "" : ", ") + std::string(right);
  }
  return all;
}

void inspect_room(const Inquiry& inquiry, const Json::Value& video) {
  const std::string room = text_at(video, "room");
  inquiry.line("room", shown(video, "room"));
  if (member(video, "roomJoin") != true) {
    return inquiry.error("401",
                         "The token lets nobody join (roomJoin is " + said(video, "roomJoin") +
                             "): LiveKit says permissions denied.",
                         kMintedWrong);
  }
  if (room.empty()) {
    inquiry.error("any_room",
                  "The token names no room, so its holder chooses one. roomkey never makes such a "
                  "token.",
                  kTakeOut);
  } else if (room.size() > kMostBytes) {
    inquiry.error("400", "The room's name is longer than the 256 bytes that LiveKit allows.",
                  kMintedWrong);
  }
  for (const char* const right : {"canPublish", "canSubscribe"}) {
    if (member(video, right) != false) continue;
    inquiry.warning("permissions",
                    std::string("The token's ") + right + " is false: its holder " +
                        (right[3] == 'P' ? "is not seen or heard." : "sees and hears nobody."),
                    kMintedWrong);
  }
}

void inspect_rights(const Inquiry& inquiry) {
  const Json::Value& video = member(inquiry.token.claims, "video");
  if (!video.isObject()) {
    return inquiry.error("401", "The token has no video grant: LiveKit says permissions denied.",
                         kMintedWrong);
  }
  inspect_room(inquiry, video);
  const std::string rights = administers(video);
  if (!rights.empty()) {
    inquiry.error("administers",
                  "The token gives more than a participant needs: " + rights +
                      ". roomkey gives browsers no such right.",
                  kTakeOut);
  }
  const auto others = other_names(inquiry.token.claims, {"iss", "sub", "name", "nbf", "iat", "exp",
                                                         "video", "jti", "metadata", "kind"});
  if (!others.empty()) inquiry.line("other claims", others);
}

void inspect_life(const Inquiry& inquiry) {
  inspect_times(
      inquiry,
      {.expired = "401",
       .bad_expiry = "401",
       .not_yet = "401",
       .issued_later = "401",
       .late = kLeeway,
       .early = kLeeway,
       .renew = "Fetch a new token, right before the call is joined; a browser must not keep one. "
                "If new tokens have expired too, set this machine's clock (timedatectl)."});
  const auto from = time_at(inquiry.token.claims, "nbf");
  if (from && from->time_since_epoch().count() > 0) return;
  inquiry.warning("nbf",
                  "The token says not from when it holds (nbf): LiveKit Cloud, which refuses "
                  "tokens from before a removal by that time, may refuse this one for ever.",
                  kMintedWrong);
}

void inspect_signature(const Inquiry& inquiry) {
  const auto& settings = inquiry.settings.livekit.token;
  const Token& token = inquiry.token;
  if (token.signature && token.signature->empty()) {
    inquiry.line("signature", "none");
    return inquiry.error("401", "The token is not signed.", kMintedWrong);
  }
  if (settings.api_secret.empty()) return say_unchecked(inquiry, "LIVEKIT_API_SECRET");
  if (signed_with(token, settings.api_secret.reveal())) {
    return inquiry.line("signature", "made with LIVEKIT_API_SECRET");
  }
  const std::string other = other_signer(inquiry, settings.api_secret, "LIVEKIT_API_SECRET");
  const bool other_key =
      !settings.api_key.empty() && text_at(token.claims, "iss") != settings.api_key;
  if (other_key && other.empty()) {
    return inquiry.line("signature", "not checked: it is another API key's");
  }
  inquiry.line("signature", "not made with LIVEKIT_API_SECRET");
  inquiry.error("401",
                "The signature was made with another secret than LIVEKIT_API_SECRET." + other,
                "Copy the secret of exactly this API key to LIVEKIT_API_SECRET, without anything "
                "around it, restart the workers and fetch a new token.");
}

void inspect_use(const Inquiry& inquiry) {
  if (is_webhook(inquiry.token)) {
    return inquiry.warning("webhook",
                           "This is the signature of a webhook of LiveKit's, not a token: it lets "
                           "nobody in.",
                           "Look at the access_token that the browser was given.");
  }
  inspect_identity(inquiry);
  inspect_rights(inquiry);
}

}  // namespace

Sight see(const Token& token) {
  if (member(token.claims, "video").isObject() || is_webhook(token)) return Sight::surely;
  return text_at(token.claims, "iss").starts_with("API") ? Sight::likely : Sight::not_at_all;
}

void inspect(const Inquiry& inquiry) {
  inspect_header(inquiry);
  inspect_issuer(inquiry);
  inspect_use(inquiry);
  inspect_life(inquiry);
  inspect_signature(inquiry);
}

}  // namespace roomkey::provider::livekit
