// The clinic of every test: Jane Doe (2), Dr. Sarah (19), appointment 47 at nine o'clock.
#pragma once

#include <chrono>
#include <string>

#include "roomkey/access/appointment.hpp"
#include "roomkey/access/bearer.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/provider/stream/token.hpp"
#include "roomkey/provider/twilio/token.hpp"

namespace roomkey::test {

using namespace std::chrono_literals;

inline constexpr std::chrono::sys_seconds kNine{1763283600s};  // 2025-11-16T09:00:00Z
inline constexpr std::string_view kSecret = "clinic-login-secret-of-32-bytes!";
inline constexpr std::string_view kRoom = "apt-47-1763138954-46eb915c";

class FakeClock final : public base::Clock {
 public:
  [[nodiscard]] std::chrono::sys_seconds now() const override { return time; }
  [[nodiscard]] std::chrono::nanoseconds steady() const override { return time.time_since_epoch(); }
  std::chrono::sys_seconds time = kNine;
};

inline access::User jane() { return {2, "jane.doe@example.com", "Jane Doe"}; }
inline access::User sarah() {
  return {19, "dr.sarah@example.com", "Dr. Sarah", access::Role::psychologist};
}
inline access::User someone(access::Role role) { return {5, "some.one@example.com", "Some", role}; }

inline access::Appointment appointment_47() {
  return {47,
          2,
          19,
          kNine,
          60min,
          access::Status::scheduled,
          access::SessionType::telehealth,
          access::Room{std::string(kRoom), kNine - 24h},
          {},
          access::Door{}};
}

// People by pseudonyms; of before: by those of another secret, too.
inline access::Identities pseudonyms(bool of_before = false) {
  std::vector<crypto::Secret> secrets;
  secrets.emplace_back("not-a-real-identity-secret-01234567");
  if (of_before) secrets.emplace_back("not-a-real-identity-secret-of-before");
  return {access::IdentityForm::pseudonym, secrets};
}
// Of appointment 47, made by hand: openssl dgst -sha256 -mac HMAC, base32.
inline constexpr const char* kHiddenJane = "p-t5ggxwq4nhbb6otv7giv34l66b";
inline constexpr const char* kHiddenSarah = "p-qcn2q4tqhltsunyzjtxoeovhta";
inline constexpr const char* kHiddenJaneOfBefore = "p-e44r4kjpwiuvvbnt2brp3b7tyh";

inline access::BearerRules hs256_rules() {
  access::BearerRules rules{crypto::KeySet{crypto::Algorithm::hs256, {}}, "", ""};
  rules.keys.keys.push_back(crypto::Key::from_secret(kSecret, crypto::Algorithm::hs256).value());
  return rules;
}

// A bearer token with just these claims, signed with the clinic's key.
inline std::string bearer_with(std::string_view claims,
                               std::string_view header = R"({"alg":"HS256","typ":"JWT"})") {
  return crypto::sign_jws(header, claims, hs256_rules().keys.keys.front());
}

inline provider::twilio::TokenSettings twilio_settings(std::string region = "au1") {
  return {"AC0123456789abcdef0123456789abcdef", "SKfedcba9876543210fedcba9876543210",
          crypto::Secret("not-a-real-secret-0123456789abcd"), std::move(region)};
}

inline provider::stream::TokenSettings stream_settings() {
  return {"stream-key", crypto::Secret("not-a-real-stream-secret-0123456789"), 60min};
}

}  // namespace roomkey::test
