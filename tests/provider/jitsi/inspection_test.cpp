#include "cli/inspect/inspected.hpp"
#include "provider/jitsi/jitsi_clinic.hpp"

namespace jitsi_inspection_test {

using namespace roomkey;
using namespace roomkey::test;

constexpr const char* kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr const char* kUser = R"({"user":{"id":"2-jane.doe@example.com","moderator":"false"}})";

config::Config own() {
  config::Config config;
  config.jitsi = jitsi_settings();
  return config;
}
config::Config jaas() {
  config::Config config;
  config.jitsi = jaas_settings();
  return config;
}

std::string claims(const std::string& room = "apt-47", const std::string& more = "",
                   const std::string& issuer = "clinic") {
  return R"({"aud":"jitsi","iss":")" + issuer + R"(","sub":"meet.clinic.example","room":")" + room +
         R"(","nbf":)" + from_now(-10) + R"(,"exp":)" + from_now(60) + R"(,"context":)" + kUser +
         more + '}';
}
std::string token(const std::string& payload, const char* header = kHeader) {
  return signed_by(jitsi_settings().app_secret.reveal(), header, payload);
}

access::Grant grant() { return {47, std::string(kRoom), 2, "jane.doe@example.com", 90min}; }

TEST(what_roomkey_mints_for_jitsi_has_no_fault) {
  const auto report = found(
      "", accepted(provider::jitsi::Tokens(jitsi_settings()).mint(grant(), kNine)).token, own());
  same("jitsi", report.kind);
  same(std::string(kRoom), value_of(report, "room"));
  same("2-jane.doe@example.com", value_of(report, "user"));
  same("made with JITSI_APP_SECRET", value_of(report, "signature"));
  const auto cloud = found(
      "", accepted(provider::jitsi::Tokens(jaas_settings()).mint(grant(), kNine)).token, jaas());
  same("jitsi", cloud.kind);
  same("made with JITSI_PRIVATE_KEY_FILE", value_of(cloud, "signature"));
  same(jaas_settings().key_id, value_of(cloud, "key id"));
}

TEST(what_prosody_refuses_is_named_with_its_cure) {
  const auto refused = "error not-allowed";
  found(refused, token(claims(), R"({"alg":"HS256"})"), own(), "typ is missing");
  found(refused, token(claims(), R"({"alg":"HS256","typ":"jwt"})"), own(), "just these letters");
  found(refused, token(claims("apt-47", "", "other")), own(), "its own app_id");
  found(refused, token(claims("")), own(), "names no room");
  found(refused, signed_by("another", kHeader, claims()), own(), "another secret than");
  found(refused, signed_by("clinic", kHeader, claims()), own(), "made with JITSI_APP_ID instead");
  const auto good = token(claims());
  found(refused, good.substr(0, good.rfind('.') + 1), own(), "not signed");
  found("error not-allowed, error not-allowed",
        signed_by(
            jitsi_settings().app_secret.reveal(), R"({"alg":"HS384","typ":"JWT"})",
            R"({"iss":"clinic","room":"a","exp":)" + from_now(60) + R"(,"context":)" + kUser + '}'),
        own(), "names no audience");
}

TEST(jitsi_allows_the_clocks_no_second) {
  const auto with = [](const std::string& times) {
    return token(R"({"aud":"jitsi","iss":"clinic","sub":"x","room":"a","context":)" +
                 std::string(kUser) + ',' + times + '}');
  };
  found("error not-allowed", with(R"("exp":)" + kNow), own(), "expired");
  found("error not-allowed", with(R"("nbf":)" + from_now(1) + R"(,"exp":)" + from_now(60)), own(),
        "not valid yet");
  found("error not-allowed", with(R"("nbf":1)"), own(), "no time of expiry");
}

TEST(a_token_for_every_room_must_not_be_about) {
  found("error wildcard", token(claims("*")), own(), "every room");
  found("warning room", token(claims("Apt-47")), own(), "no capitals");
}

TEST(a_user_that_jitsi_s_clients_stop_at_is_a_warning) {
  const auto with = [](const std::string& context) {
    return token(R"({"aud":"jitsi","iss":"clinic","sub":"x","room":"a","exp":)" + from_now(60) +
                 R"(,"context":)" + context + '}');
  };
  found("warning user", with("{}"), own(), "Fellow");
  found("warning user", with(R"({"user":{"id":7}})"), own(), "no text");
}

TEST(what_goes_wrong_at_jaas_is_named_with_its_cure) {
  const std::string app = jaas_settings().app_id;
  const auto key = crypto::Key::from_pem(jaas_private_key(), crypto::Algorithm::rs256).value();
  const auto sign = [&](const std::string& kid, const std::string& issuer, const std::string& sub) {
    return crypto::sign_jws(R"({"alg":"RS256","typ":"JWT","kid":")" + kid + R"("})",
                            R"({"aud":"jitsi","iss":")" + issuer + R"(","sub":")" + sub +
                                R"(","room":"a","exp":)" + from_now(60) + R"(,"context":)" + kUser +
                                '}',
                            key);
  };
  found("", sign(app + "/abc123", "chat", app), jaas());
  found("error not-allowed", sign("abc123", "chat", app), jaas(), "App ID and a slash");
  found("error not-allowed", sign(app + "/abc123", "clinic", app), jaas(), "just this word");
  found("error not-allowed", sign(app + "/abc123", "chat", "other"), jaas(), "it is the App ID");
  auto config = jaas();
  config.jitsi.private_key = {};
  found("warning unchecked", sign(app + "/abc123", "chat", app), config);
}

TEST(a_jitsi_token_is_known_without_its_secret) {
  const config::Config none;
  same("jitsi", found("warning unchecked", token(claims()), none).kind);
}

}  // namespace jitsi_inspection_test
