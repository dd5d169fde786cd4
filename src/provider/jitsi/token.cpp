#include "roomkey/provider/jitsi/token.hpp"

#include <algorithm>

#include "roomkey/base/ascii.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/crypto/jws.hpp"
#include "roomkey/crypto/signing_key.hpp"

namespace roomkey::provider::jitsi {

namespace {

// Prosody compares `nbf` with its own clock to the second.
constexpr std::chrono::seconds kClockSkew{10};

constexpr const char* kNoRoom =
    "the room's name is none of Jitsi's (small letters without accents, digits, _ - and .)";

std::string header_of(const TokenSettings& settings) {
  base::JsonObject header;
  header.add("alg", settings.is_jaas() ? "RS256" : "HS256").add("typ", "JWT");
  if (settings.is_jaas()) header.add("kid", settings.key_id);
  return header.text();
}

std::string fault_of(const std::vector<const char*>& missing) {
  std::string text;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    text.append(i == 0 ? "" : i + 1 == missing.size() ? " and " : ", ").append(missing[i]);
  }
  return text + (missing.size() == 1 ? " is not set" : " are not set");
}

// Texts alone: clients of Jitsi's stop at other types. `affiliation` is what Prosody's plug-in
// token_affiliation reads, `moderator` what JaaS does.
std::string user_of(const access::Grant& grant, const std::string& identity, bool jaas) {
  const bool leads = grant.side == access::Side::psychologist;
  base::JsonObject user;
  user.add("id", identity);
  if (!grant.name.empty()) user.add("name", grant.name);
  user.add("moderator", leads ? "true" : "false");
  if (!jaas) user.add("affiliation", leads ? "owner" : "member");
  return user.text();
}

// What moderators could do at JaaS without being asked to: nobody records a session.
std::string features() {
  base::JsonObject features;
  for (const char* const one :
       {"recording", "livestreaming", "transcription", "outbound-call", "sip-outbound-call"}) {
    features.add(one, "false");
  }
  return features.text();
}

}  // namespace

std::vector<const char*> missing(const TokenSettings& settings) {
  const bool jaas = settings.is_jaas();
  const bool any =
      jaas || !settings.domain.empty() || !settings.app_id.empty() || !settings.app_secret.empty();
  std::vector<const char*> names;
  if (!any) return names;
  if (settings.domain.empty()) names.push_back("JITSI_DOMAIN");
  if (settings.app_id.empty()) names.push_back("JITSI_APP_ID");
  if (!jaas && settings.app_secret.empty()) names.push_back("JITSI_APP_SECRET");
  if (jaas && settings.key_id.empty()) names.push_back("JITSI_KEY_ID");
  if (jaas && settings.private_key.empty()) names.push_back("JITSI_PRIVATE_KEY_FILE");
  return names;
}

bool is_room_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return base::is_lower(c) || base::is_digit(c) || c == '_' || c == '-' || c == '.';
  });
}

Tokens::Tokens(const TokenSettings& settings)
    : domain_(settings.domain),
      tenant_(settings.is_jaas() ? settings.app_id : settings.tenant),
      audience_(settings.audience),
      issuer_(settings.is_jaas() ? "chat" : settings.app_id),
      subject_(tenant_.empty() ? domain_ : tenant_),
      header_(header_of(settings)),
      jaas_(settings.is_jaas()) {
  const auto names = jitsi::missing(settings);
  if (!names.empty()) fault_ = fault_of(names);
  unused_ = names.empty() && domain_.empty();
  if (unused_) fault_ = "Jitsi is not configured";
  if (!fault_.empty()) return;
  auto key = crypto::signing_key((jaas_ ? settings.private_key : settings.app_secret).reveal(),
                                 jaas_ ? crypto::Algorithm::rs256 : crypto::Algorithm::hs256);
  if (key) {
    key_ = std::move(*key);
  } else {
    fault_ = (jaas_ ? "JITSI_PRIVATE_KEY_FILE " : "JITSI_APP_SECRET ") + key.error().detail;
  }
}

base::Result<Credential> Tokens::mint(const access::Grant& grant,
                                      std::chrono::sys_seconds now) const {
  if (!key_) return base::Error{refusal(), fault_};
  if (!is_room_name(grant.room_name)) return base::Error{base::Code::token_failed, kNoRoom};
  Credential credential{
      .identity = grant.identity, .issued_at = now, .expires_at = now + grant.validity};
  base::JsonObject context;
  context.add_raw("user", user_of(grant, credential.identity, jaas_));
  if (jaas_) context.add_raw("features", features());
  base::JsonObject payload;
  payload.add("aud", audience_)
      .add("iss", issuer_)
      .add("sub", subject_)
      .add("room", grant.room_name)
      .add("nbf", base::unix_seconds(now - kClockSkew))
      .add("exp", base::unix_seconds(credential.expires_at))
      .add_raw("context", context.text());
  credential.token = crypto::sign_jws(header_, std::move(payload).text(), *key_);
  return credential;
}

std::string Tokens::connect(const access::Grant& grant) const {
  return base::JsonObject()
      .add("domain", domain_)
      .add("room", grant.room_name)
      .add("tenant", tenant_.empty() ? std::nullopt : std::optional(tenant_))
      .text();
}

}  // namespace roomkey::provider::jitsi
