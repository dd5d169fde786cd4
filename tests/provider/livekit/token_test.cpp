#include "roomkey/provider/livekit/token.hpp"

#include "provider/conformance.hpp"
#include "support/folder.hpp"

namespace roomkey::test {

namespace livekit_token_test {

provider::livekit::TokenSettings settings() {
  return {"wss://video.clinic.example", "APIgoldenKey0047",
          crypto::Secret("not-a-real-livekit-secret-0123456789abcdefg")};
}

access::Grant grant() {
  return {47, std::string(kRoom), 2, "jane.doe@example.com", 90min, "Jane Doe"};
}

}  // namespace livekit_token_test

class LivekitConformance final : public ProviderConformance {
  CPPUNIT_TEST_SUB_SUITE(LivekitConformance, ProviderConformance);
  CPPUNIT_TEST_SUITE_END();

 private:
  static Made made(const provider::livekit::TokenSettings& settings) {
    return std::make_unique<provider::livekit::Tokens>(settings);
  }
  [[nodiscard]] Made configured() const override { return made(livekit_token_test::settings()); }
  [[nodiscard]] Made unconfigured() const override { return made({}); }
  [[nodiscard]] std::vector<std::pair<std::string, Made>> incomplete() const override {
    std::vector<std::pair<std::string, Made>> list;
    auto settings = livekit_token_test::settings();
    settings.url.clear();
    list.emplace_back("LIVEKIT_URL", made(settings));
    settings = livekit_token_test::settings();
    settings.api_key.clear();
    list.emplace_back("LIVEKIT_API_KEY", made(settings));
    settings = livekit_token_test::settings();
    settings.api_secret = {};
    list.emplace_back("LIVEKIT_API_SECRET", made(settings));
    return list;
  }
  [[nodiscard]] std::string secret() const override {
    return std::string(livekit_token_test::settings().api_secret.reveal());
  }
  // It says from when it holds, and no more.
  [[nodiscard]] std::optional<std::int64_t> time_in(const provider::Credential& credential,
                                                    const char* name) const override {
    const bool issued = std::string_view(name) == "iat";
    return ProviderConformance::time_in(credential, issued ? "nbf" : name);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(LivekitConformance);

namespace livekit_token_test {

TEST(mints_livekit_s_golden_tokens_byte_for_byte) {
  const auto golden =
      accepted(base::parse_json_object(content_of("tests/vendor/livekit_golden.json")), "golden");
  expect(golden["tokens"].size() >= 7, "vectors are missing");
  for (const Json::Value& vector : golden["tokens"]) {
    const auto text = [&](const char* key) {
      return base::string_member(vector, key).value_or("");
    };
    const provider::livekit::Tokens livekit(
        {"wss://h", text("api_key"), crypto::Secret(text("api_secret"))});
    const std::string identity = text("identity");
    access::Grant granted{47,
                          text("room"),
                          0,
                          "",
                          std::chrono::minutes{vector["validity_seconds"].asInt() / 60},
                          text("display")};
    granted.identity = identity;
    const auto credential =
        accepted(livekit.mint(granted, base::from_unix(vector["issued_at"].asInt64())));
    same(text("token"), credential.token, text("name"));
    same(identity, credential.identity, text("name"));
  }
}

TEST(the_browser_is_told_livekit_s_address_and_no_more) {
  same(R"({"url":"wss://video.clinic.example"})",
       provider::livekit::Tokens(settings()).connect(grant()));
}

TEST(a_guest_gets_the_least) {
  auto granted = grant();
  granted.side = access::Side::guest;
  const auto token = accepted(provider::livekit::Tokens(settings()).mint(granted, kNine)).token;
  const auto first = token.find('.') + 1;
  const auto claims = crypto::from_base64url(token.substr(first, token.find('.', first) - first));
  expect(contains(claims.value(),
                  R"("canPublishData":false,"canPublishSources":["camera","microphone"]})"));
}

TEST(both_sides_get_the_same_rights_and_none_to_administer) {
  const provider::livekit::Tokens livekit(settings());
  for (const auto side : {access::Side::patient, access::Side::psychologist}) {
    auto granted = grant();
    granted.side = side;
    const auto token = accepted(livekit.mint(granted, kNine)).token;
    same(accepted(livekit.mint(grant(), kNine)).token, token);
  }
}

TEST(a_long_name_is_cut_between_two_letters_and_a_long_identity_refused) {
  const provider::livekit::Tokens livekit(settings());
  auto granted = grant();
  auto cut = grant();
  granted.name = 'x' + [] {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "\xC3\xA9";
    return text;
  }();
  cut.name = granted.name.substr(0, 255);
  same(accepted(livekit.mint(cut, kNine)).token, accepted(livekit.mint(granted, kNine)).token);
  granted.identity = std::string(256, 'a');
  same(256, accepted(livekit.mint(granted, kNine)).identity.size());
  granted.identity += 'a';
  expect(contains(refused(base::Code::token_failed, livekit.mint(granted, kNine)), "256"));
}

}  // namespace livekit_token_test

}  // namespace roomkey::test
