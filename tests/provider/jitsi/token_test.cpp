#include "roomkey/provider/jitsi/token.hpp"

#include "provider/conformance.hpp"
#include "provider/jitsi/jitsi_clinic.hpp"

namespace roomkey::test {

using provider::jitsi::TokenSettings;

class JitsiConformance : public ProviderConformance {
  CPPUNIT_TEST_SUB_SUITE(JitsiConformance, ProviderConformance);
  CPPUNIT_TEST_SUITE_END();

 protected:
  static Made made(const TokenSettings& settings) {
    return std::make_unique<provider::jitsi::Tokens>(settings);
  }
  // Jitsi's tokens say from when they are valid, not when they were made.
  [[nodiscard]] std::optional<std::int64_t> time_in(const provider::Credential& credential,
                                                    const char* name) const override {
    if (std::string_view(name) == "iat") return std::nullopt;
    return ProviderConformance::time_in(credential, name);
  }

 private:
  [[nodiscard]] Made configured() const override { return made(jitsi_settings()); }
  [[nodiscard]] Made unconfigured() const override { return made({}); }
  [[nodiscard]] std::vector<std::pair<std::string, Made>> incomplete() const override {
    std::vector<std::pair<std::string, Made>> list;
    auto settings = jitsi_settings();
    settings.domain.clear();
    list.emplace_back("JITSI_DOMAIN", made(settings));
    settings = jitsi_settings();
    settings.app_id.clear();
    list.emplace_back("JITSI_APP_ID", made(settings));
    settings = jitsi_settings();
    settings.app_secret = {};
    list.emplace_back("JITSI_APP_SECRET", made(settings));
    return list;
  }
  [[nodiscard]] std::string secret() const override {
    return std::string(jitsi_settings().app_secret.reveal());
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(JitsiConformance);

class JaasConformance final : public JitsiConformance {
  CPPUNIT_TEST_SUB_SUITE(JaasConformance, JitsiConformance);
  CPPUNIT_TEST_SUITE_END();

 private:
  [[nodiscard]] Made configured() const override { return made(jaas_settings()); }
  [[nodiscard]] std::vector<std::pair<std::string, Made>> incomplete() const override {
    std::vector<std::pair<std::string, Made>> list;
    auto settings = jaas_settings();
    settings.app_id.clear();
    list.emplace_back("JITSI_APP_ID", made(settings));
    settings = jaas_settings();
    settings.key_id.clear();
    list.emplace_back("JITSI_KEY_ID", made(settings));
    settings = jaas_settings();
    settings.private_key = {};
    list.emplace_back("JITSI_PRIVATE_KEY_FILE", made(settings));
    return list;
  }
  [[nodiscard]] std::string secret() const override { return jaas_private_key(); }
  [[nodiscard]] bool is_signed(const provider::Credential& credential) const override {
    return crypto::verify_jws(credential.token, accepted(crypto::key_set_from_pem(
                                                    secret(), crypto::Algorithm::rs256)))
        .has_value();
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(JaasConformance);

namespace jitsi_token_test {

using provider::jitsi::Tokens;

access::Grant grant_of(std::string room = std::string(kRoom)) {
  return {47, std::move(room), 2, "jane.doe@example.com", 90min, "Jane Doe"};
}

std::string part_of(const std::string& token, int at) {
  std::size_t begin = 0;
  for (; at > 0; --at) begin = token.find('.', begin) + 1;
  return crypto::from_base64url(token.substr(begin, token.find('.', begin) - begin)).value();
}

TokenSettings settings_of(const Json::Value& vector) {
  const auto text = [&](const char* key) { return base::string_member(vector, key).value_or(""); };
  return {.domain = text("domain"),
          .app_id = text("app_id"),
          .app_secret = crypto::Secret(text("app_secret")),
          .key_id = text("key_id"),
          .private_key = crypto::Secret(text("private_key")),
          .tenant = text("tenant"),
          .audience = text("audience")};
}

TEST(jitsi_and_jaas_tokens_are_the_golden_ones_byte_for_byte) {
  const auto vectors = accepted(base::parse_json(content_of("tests/vendor/jitsi_golden.json")));
  expect(vectors.size() >= 10, "vectors are missing");
  for (const Json::Value& vector : vectors) {
    const auto text = [&](const char* key) {
      return base::string_member(vector, key).value_or("");
    };
    const access::Grant grant{
        47,
        text("room"),
        vector["user_id"].asInt64(),
        text("email"),
        std::chrono::minutes{vector["validity_seconds"].asInt() / 60},
        text("person"),
        text("side") == "psychologist" ? access::Side::psychologist : access::Side::patient};
    const auto now = base::from_unix(vector["now"].asInt64());
    const auto credential = accepted(Tokens(settings_of(vector)).mint(grant, now), text("name"));
    same(text("token"), credential.token, text("name"));
    same(now, credential.issued_at);
  }
}

TEST(the_psychologist_alone_is_moderator) {
  for (const auto& settings : {jitsi_settings(), jaas_settings()}) {
    const Tokens jitsi(settings);
    auto grant = grant_of();
    const auto patient = part_of(accepted(jitsi.mint(grant, kNine)).token, 1);
    expect(contains(patient, R"("moderator":"false")") && !contains(patient, "owner"), patient);
    grant.side = access::Side::psychologist;
    const auto leads = part_of(accepted(jitsi.mint(grant, kNine)).token, 1);
    expect(contains(leads, R"("moderator":"true")"), leads);
    expect(!contains(leads, "*") && !contains(patient, "*"), leads + patient);
  }
}

TEST(the_room_is_the_same_in_the_token_and_in_connect) {
  const Tokens jitsi(jitsi_settings());
  const auto grant = grant_of("apt-47-ab.c_d");
  const auto token = accepted(jitsi.mint(grant, kNine)).token;
  expect(contains(part_of(token, 1), R"("room":"apt-47-ab.c_d")"), token);
  same(R"({"domain":"meet.clinic.example","room":"apt-47-ab.c_d","tenant":null})",
       jitsi.connect(grant));
}

TEST(a_room_that_is_none_of_jitsi_s_gets_no_token) {
  const Tokens jitsi(jitsi_settings());
  for (const char* const room :
       {"", "*", "a*", "a b", "a:b", "a/b", "a~b", "zo\xC3\xAB", "a@b", "Apt-47", "apt-47-A"}) {
    const auto why = refused(base::Code::token_failed, jitsi.mint(grant_of(room), kNine), room);
    expect(contains(why, "none of Jitsi's"), why);
  }
}

TEST(a_token_is_valid_ten_seconds_ago_already) {
  const auto token = accepted(Tokens(jitsi_settings()).mint(grant_of(), kNine)).token;
  expect(contains(part_of(token, 1), R"("nbf":1763283590,"exp":1763289000)"), part_of(token, 1));
}

TEST(at_jaas_the_app_is_the_tenant_and_kid_names_the_key) {
  const Tokens jaas(jaas_settings());
  const auto token = accepted(jaas.mint(grant_of(), kNine)).token;
  const std::string app = jaas_settings().app_id;
  same(R"({"alg":"RS256","typ":"JWT","kid":")" + app + R"(/abc123"})", part_of(token, 0));
  const auto payload = part_of(token, 1);
  expect(contains(payload, R"("aud":"jitsi","iss":"chat","sub":")" + app + '"'), payload);
  expect(contains(payload, R"("recording":"false")"), payload);
  expect(contains(jaas.connect(grant_of()), R"("tenant":")" + app + '"'));
}

TEST(a_tenant_of_one_s_own_server_stands_in_sub_and_connect) {
  auto settings = jitsi_settings();
  settings.tenant = "clinic-a";
  settings.audience = "meet";
  const Tokens jitsi(settings);
  const auto payload = part_of(accepted(jitsi.mint(grant_of(), kNine)).token, 1);
  expect(contains(payload, R"("aud":"meet","iss":"clinic","sub":"clinic-a")"), payload);
  expect(contains(jitsi.connect(grant_of()), R"("tenant":"clinic-a")"));
}

TEST(each_variable_that_is_missing_is_named) {
  TokenSettings settings;
  settings.key_id = "kid";
  same("JITSI_DOMAIN, JITSI_APP_ID and JITSI_PRIVATE_KEY_FILE are not set",
       Tokens(settings).fault());
  settings = {};
  settings.tenant = "clinic";
  settings.app_id = "clinic";
  same("JITSI_DOMAIN and JITSI_APP_SECRET are not set", Tokens(settings).fault());
}

TEST(a_key_that_can_not_sign_is_no_key) {
  auto settings = jaas_settings();
  settings.private_key =
      crypto::Secret("-----BEGIN PUBLIC KEY-----\nMA==\n-----END PUBLIC KEY-----\n");
  expect(Tokens(settings).fault().starts_with("JITSI_PRIVATE_KEY_FILE is a public key"));
}

}  // namespace jitsi_token_test

}  // namespace roomkey::test
