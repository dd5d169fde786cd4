#include "provider/janus/token.hpp"

#include "provider/conformance.hpp"
#include "provider/janus/janus_clinic.hpp"
#include "roomkey/crypto/digest.hpp"
#include "support/folder.hpp"

namespace roomkey::test {

class JanusConformance final : public ProviderConformance {
  CPPUNIT_TEST_SUB_SUITE(JanusConformance, ProviderConformance);
  CPPUNIT_TEST_SUITE_END();

 private:
  static Made made(const provider::janus::Configuration& settings) {
    return std::make_unique<provider::janus::Tokens>(settings);
  }
  [[nodiscard]] Made configured() const override { return made(janus_settings()); }
  [[nodiscard]] Made unconfigured() const override { return made({}); }
  [[nodiscard]] std::vector<std::pair<std::string, Made>> incomplete() const override {
    std::vector<std::pair<std::string, Made>> list;
    auto settings = janus_settings();
    settings.url.clear();
    list.emplace_back("JANUS_URL", made(settings));
    settings = janus_settings();
    settings.token_secret = {};
    list.emplace_back("JANUS_TOKEN_SECRET", made(settings));
    return list;
  }
  [[nodiscard]] std::string secret() const override { return kJanusSecret; }

  // `<exp>,<realm>,<what>:<signature>`, which says neither whose it is nor since when.
  [[nodiscard]] bool names_holder() const override { return false; }
  [[nodiscard]] std::string said_in(const provider::Credential& credential) const override {
    return credential.token.substr(0, credential.token.find(':'));
  }
  [[nodiscard]] std::optional<std::int64_t> time_in(const provider::Credential& credential,
                                                    const char* name) const override {
    if (std::string_view(name) != "exp") return std::nullopt;
    return std::stoll(credential.token);
  }
  [[nodiscard]] bool is_signed(const provider::Credential& credential) const override {
    const std::string signature = crypto::base64(crypto::hmac_sha1(secret(), said_in(credential)));
    return credential.token == said_in(credential) + ':' + signature;
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(JanusConformance);

}  // namespace roomkey::test

namespace janus_token_test {

using namespace roomkey;
using namespace roomkey::test;
using provider::janus::Tokens;

access::Grant grant_of(const std::string& room) {
  return {47, room, 2, "jane.doe@example.com", 90min};
}

TEST(janus_tokens_are_the_golden_ones_byte_for_byte) {
  const auto vectors = accepted(base::parse_json(content_of("tests/vendor/janus_golden.json")));
  expect(vectors.size() >= 3, "vectors are missing");
  for (const Json::Value& vector : vectors) {
    const auto text = [&](const char* key) {
      return base::string_member(vector, key).value_or("");
    };
    auto settings = janus_settings();
    settings.token_secret = crypto::Secret(text("secret"));
    const Tokens janus(settings);
    const auto now = base::from_unix(vector["now"].asInt64());
    auto grant = grant_of(text("room"));
    grant.validity = std::chrono::minutes{vector["validity_seconds"].asInt() / 60};
    const auto credential = accepted(janus.mint(grant, now));
    same(text("access_token"), credential.token, text("name"));
    same(base::JsonObject()
             .add("url", settings.url)
             .add("room", text("room"))
             .add("core_token", text("core_token"))
             .text(),
         janus.connect_until(grant, credential.expires_at), text("name"));
    same("2-jane.doe@example.com", credential.identity);
  }
}

TEST(a_room_whose_name_would_break_a_token_of_janus_s_gets_none) {
  const Tokens janus(janus_settings());
  for (const std::string& name : {std::string("a,b"), std::string("a:b"), std::string(),
                                  std::string("a\nb"), std::string(513, 'a')}) {
    const auto why = refused(base::Code::token_failed, janus.mint(grant_of(name), kNine), name);
    expect(name.empty() || !contains(why, name), why);
  }
  accepted(janus.mint(grant_of("47"), kNine));
  accepted(janus.mint(grant_of("Zo\xC3\xAB's room"), kNine));
}

TEST(all_that_janus_misses_is_named_at_once) {
  auto settings = janus_settings();
  settings.token_secret = {};
  settings.url.clear();
  same("JANUS_URL, JANUS_TOKEN_SECRET are not set", Tokens(settings).fault());
}

TEST(a_pool_without_the_admin_key_makes_janus_s_tokens_all_the_same) {
  auto settings = janus_settings();
  settings.admin_key = {};
  same("", Tokens(settings).fault());
  accepted(Tokens(settings).mint(grant_of("apt-47"), kNine));
}

}  // namespace janus_token_test
