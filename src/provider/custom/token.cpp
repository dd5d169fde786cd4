#include "roomkey/provider/custom/token.hpp"

#include "roomkey/base/clock.hpp"
#include "roomkey/crypto/digest.hpp"
#include "roomkey/crypto/jws.hpp"
#include "roomkey/crypto/signing_key.hpp"

namespace roomkey::provider::custom {

namespace {

constexpr std::chrono::seconds kClockSkew{10};  // of a provider that looks at nbf

Filling filling_of(const access::Grant& grant, std::chrono::sys_seconds now) {
  constexpr std::size_t kBytes = 16;
  const std::string once =
      grant.room_name + '\n' + grant.identity + '\n' + std::to_string(base::unix_seconds(now));
  return {grant, now, now - kClockSkew, now + grant.validity,
          crypto::to_hex(crypto::sha256(once).substr(0, kBytes))};
}

}  // namespace

Tokens::Tokens(const TokenSettings& settings)
    : pattern_(settings.pattern), unused_(settings.file.empty() && settings.key.empty()) {
  if (!pattern_) fault_ = "ROOMKEY_TOKEN_TEMPLATE_FILE holds no template that can be used";
  if (settings.key.empty()) fault_ = "ROOMKEY_TOKEN_KEY is not set";
  if (settings.file.empty()) fault_ = "ROOMKEY_TOKEN_TEMPLATE_FILE is not set";
  if (unused_) fault_ = "no provider by template is configured";
  if (!fault_.empty()) return;
  auto key = crypto::signing_key(settings.key.reveal(), pattern_->algorithm());
  if (key) {
    key_ = std::move(*key);
  } else {
    fault_ = "ROOMKEY_TOKEN_KEY " + key.error().detail;
  }
}

base::Result<Credential> Tokens::mint(const access::Grant& grant,
                                      std::chrono::sys_seconds now) const {
  if (!key_) return base::Error{refusal(), fault_};
  const Filling filling = filling_of(grant, now);
  Credential credential{
      .identity = grant.identity, .issued_at = now, .expires_at = filling.expires_at};
  credential.token = crypto::sign_jws(pattern_->header(filling), pattern_->claims(filling), *key_);
  return credential;
}

std::string Tokens::connect(const access::Grant& grant) const {
  return pattern_ ? pattern_->connect(filling_of(grant, {})) : "{}";
}

}  // namespace roomkey::provider::custom
