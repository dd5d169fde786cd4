// What Prosody says to whoever brings such a token is "not-allowed", with one exception or none: so
// that is the code of all that it refuses. JaaS says as little.
#include "provider/jitsi/inspection.hpp"

#include "provider/jitsi/form.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/provider/all.hpp"

namespace roomkey::provider::jitsi {

using namespace inspection;

namespace {

constexpr const char* kRefused = "not-allowed";
constexpr const char* kMintedWrong =
    "Use tokens issued by roomkey; whatever issued this one needs fixing.";

const Json::Value& user_of(const Token& token) {
  return member(member(token.claims, "context"), "user");
}

bool is_jaas(const Token& token) {
  return text_at(token.header, "kid").starts_with(kJaasApp) ||
         text_at(token.claims, "sub").starts_with(kJaasApp) ||
         text_at(token.claims, "iss") == "chat";
}

// An error where the member is not as wanted.
void demand(const Inquiry& inquiry, const Json::Value& object, const char* key,
            const std::string& wanted, const std::string& cure) {
  if (text_at(object, key) == wanted) return;
  inquiry.error(kRefused,
                std::string("The token's ") + key + " is " + said(object, key) + ", and must be " +
                    wanted + '.',
                cure);
}

void inspect_header(const Inquiry& inquiry, bool jaas) {
  const Json::Value& header = inquiry.token.header;
  inquiry.line("algorithm", shown(header, "alg"));
  if (jaas || header.isMember("kid")) inquiry.line("key id", shown(header, "kid"));
  const std::string alg = jaas ? "RS256" : "HS256";
  demand(inquiry, header, "alg", alg,
         jaas
             ? "JaaS takes RS256 alone: set JITSI_KEY_ID and JITSI_PRIVATE_KEY_FILE."
             : "Prosody takes the algorithm of its signature_algorithm alone, HS256 as delivered.");
  demand(inquiry, header, "typ", "JWT",
         "Prosody takes nothing without it, in just these letters. " + std::string(kMintedWrong));
  const std::string& key_id = inquiry.settings.jitsi.key_id;
  if (jaas && !key_id.empty()) {
    demand(inquiry, header, "kid", key_id,
           "JaaS looks the public key up by it: copy it whole, App ID and a slash before it, from "
           "the JaaS console to JITSI_KEY_ID.");
  }
}

void inspect_parties(const Inquiry& inquiry, bool jaas) {
  const Json::Value& claims = inquiry.token.claims;
  const TokenSettings& settings = inquiry.settings.jitsi;
  inquiry.line("app", shown(claims, "iss"));
  inquiry.line("tenant", shown(claims, "sub"));
  inquiry.line("audience", shown_list(claims, "aud"));
  if (jaas) {
    demand(inquiry, claims, "iss", "chat", "JaaS wants just this word there.");
  } else if (!settings.app_id.empty()) {
    demand(inquiry, claims, "iss", settings.app_id,
           "Prosody takes its own app_id (or asap_accepted_issuers): set the same as "
           "JITSI_APP_ID, and fetch a new token.");
  }
  if (!claims.isMember("aud")) {
    inquiry.error(kRefused, "The token names no audience (aud).", kMintedWrong);
  } else if (claims["aud"].isString() && !settings.audience.empty() && !settings.domain.empty()) {
    demand(inquiry, claims, "aud", settings.audience,
           "Prosody compares it with asap_accepted_audiences: set one of those as "
           "JITSI_AUDIENCE.");
  }
  if (jaas && !settings.app_id.empty()) {
    demand(inquiry, claims, "sub", settings.app_id,
           "At JaaS it is the App ID: set the same as JITSI_APP_ID.");
  }
  if (text_at(claims, "sub") == "*") {
    inquiry.warning("wildcard", "The token is good for every tenant (sub is *).", kMintedWrong);
  }
}

void inspect_room(const Inquiry& inquiry) {
  const Json::Value& claims = inquiry.token.claims;
  const std::string room = text_at(claims, "room");
  inquiry.line("room", shown(claims, "room"));
  if (room.empty()) {
    return inquiry.error(kRefused, "The token names no room.", kMintedWrong);
  }
  if (room == "*") {
    return inquiry.error("wildcard",
                         "The token opens every room: whoever holds it may enter any session.",
                         "roomkey makes no such token. Find what made it; it stays good until it "
                         "expires or the secret is changed.");
  }
  if (is_room_name(room)) return;
  inquiry.warning("room",
                  "The room is not in small letters, digits, _ - and . alone: Prosody knows no "
                  "capitals, and Jitsi Meet writes other letters in a way of its own.",
                  "Open the room by the name in connect, which is in small letters.");
}

void inspect_user(const Inquiry& inquiry) {
  const Json::Value& user = user_of(inquiry.token);
  inquiry.line("user", shown(user, "id"));
  inquiry.line("moderator", shown(user, "moderator"));
  if (!user.isObject()) {
    return inquiry.warning("user",
                           "The token names no user (context.user): everybody is a Fellow "
                           "Jitster, and nobody is told apart.",
                           kMintedWrong);
  }
  for (const auto& name : user.getMemberNames()) {
    if (user[name].isString() || user[name].isBool()) continue;
    inquiry.warning("user",
                    "context.user has something in it that is no text, at which Jitsi's clients "
                    "stop.",
                    "Whoever makes the token must put texts there.");
    return;
  }
}

void inspect_life(const Inquiry& inquiry) {
  inspect_times(inquiry,
                {.expired = kRefused,
                 .bad_expiry = kRefused,
                 .not_yet = kRefused,
                 .issued_later = kRefused,
                 .renew = "Fetch a new token; Prosody looks at it when somebody enters, so who is "
                          "in a call stays there. It allows the clocks no second of difference."});
}

const char* signer_of(bool jaas) { return jaas ? "JITSI_PRIVATE_KEY_FILE" : "JITSI_APP_SECRET"; }

void say_other_signature(const Inquiry& inquiry, bool jaas) {
  const auto& secret = inquiry.settings.jitsi.app_secret;
  inquiry.line("signature", std::string("not made with ") + signer_of(jaas));
  if (jaas) {
    return inquiry.error(kRefused,
                         "The signature was made with another key than JITSI_PRIVATE_KEY_FILE.",
                         "The private key must be the one whose public half stands in the JaaS "
                         "console under JITSI_KEY_ID. Set both, restart the workers and fetch a "
                         "new token.");
  }
  inquiry.error(kRefused,
                "The signature was made with another secret than JITSI_APP_SECRET." +
                    other_signer(inquiry, secret, "JITSI_APP_SECRET"),
                "Copy app_id and app_secret from Prosody's configuration (docker: JWT_APP_ID, "
                "JWT_APP_SECRET), restart the workers and fetch a new token.");
}

void inspect_signature(const Inquiry& inquiry, bool jaas) {
  const Token& token = inquiry.token;
  const TokenSettings& settings = inquiry.settings.jitsi;
  if (token.signature && token.signature->empty()) {
    inquiry.line("signature", "none");
    return inquiry.error(kRefused, "The token is not signed.", kMintedWrong);
  }
  const crypto::Secret& secret = jaas ? settings.private_key : settings.app_secret;
  if (secret.empty()) return say_unchecked(inquiry, signer_of(jaas));
  const auto algorithm = jaas ? crypto::Algorithm::rs256 : crypto::Algorithm::hs256;
  if (!signed_with(token, secret.reveal(), algorithm)) return say_other_signature(inquiry, jaas);
  inquiry.line("signature", std::string("made with ") + signer_of(jaas));
}

}  // namespace

Sight see(const Token& token) {
  if (text_at(token.header, "kid").starts_with(kJaasApp)) return Sight::surely;
  const bool ours = text_at(token.claims, "aud") == "jitsi" ||
                    (token.claims.isMember("room") && user_of(token).isObject());
  return ours ? Sight::surely : Sight::not_at_all;
}

void inspect(const Inquiry& inquiry) {
  const bool jaas = is_jaas(inquiry.token);
  inspect_header(inquiry, jaas);
  inspect_parties(inquiry, jaas);
  inspect_room(inquiry);
  inspect_user(inquiry);
  inspect_life(inquiry);
  inspect_signature(inquiry, jaas);
}

}  // namespace roomkey::provider::jitsi
