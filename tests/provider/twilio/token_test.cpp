#include "roomkey/provider/twilio/token.hpp"

#include "provider/conformance.hpp"
#include "support/folder.hpp"

namespace roomkey::test {

class TwilioConformance final : public ProviderConformance {
  CPPUNIT_TEST_SUB_SUITE(TwilioConformance, ProviderConformance);
  CPPUNIT_TEST_SUITE_END();

 private:
  static Made made(const provider::twilio::TokenSettings& settings) {
    return std::make_unique<provider::twilio::Tokens>(settings);
  }
  [[nodiscard]] Made configured() const override { return made(twilio_settings()); }
  [[nodiscard]] Made unconfigured() const override { return made({}); }
  [[nodiscard]] std::vector<std::pair<std::string, Made>> incomplete() const override {
    std::vector<std::pair<std::string, Made>> list;
    auto settings = twilio_settings();
    settings.account_sid.clear();
    list.emplace_back("TWILIO_ACCOUNT_SID", made(settings));
    settings = twilio_settings();
    settings.api_key.clear();
    list.emplace_back("TWILIO_API_KEY", made(settings));
    settings = twilio_settings();
    settings.api_secret = {};
    list.emplace_back("TWILIO_API_SECRET", made(settings));
    return list;
  }
  [[nodiscard]] std::string secret() const override {
    return std::string(twilio_settings().api_secret.reveal());
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TwilioConformance);

namespace {

TEST(mints_the_golden_tokens_byte_for_byte) {
  const auto vectors =
      accepted(base::parse_json(content_of("tests/vendor/twilio_golden.json")), "golden vectors");
  expect(vectors.size() >= 10, "vectors are missing");
  for (const Json::Value& vector : vectors) {
    const auto text = [&](const char* key) {
      return base::string_member(vector, key).value_or("");
    };
    const provider::twilio::Tokens twilio(
        {text("account_sid"), text("api_key"), crypto::Secret(text("api_secret")), text("region")});
    const std::string identity = text("identity");
    access::Grant grant{47, text("room"), 0, "",
                        std::chrono::minutes{vector["validity_seconds"].asInt() / 60}};
    grant.identity = identity;
    const auto credential =
        accepted(twilio.mint(grant, base::from_unix(vector["issued_at"].asInt64())));
    same(text("token"), credential.token, text("name"));
    same(identity, credential.identity, text("name"));
    same(vector["issued_at"].asInt64() + vector["validity_seconds"].asInt64(),
         base::unix_seconds(credential.expires_at), text("name"));
  }
}

TEST(a_region_that_is_not_stamped_leaves_no_trace_in_the_token) {
  auto settings = twilio_settings("au1");
  settings.stamp_region = false;
  const access::Grant grant{47, std::string(kRoom), 2, "jane.doe@example.com", 90min};
  same(accepted(provider::twilio::Tokens(twilio_settings("")).mint(grant, kNine)).token,
       accepted(provider::twilio::Tokens(settings).mint(grant, kNine)).token);
}

TEST(another_address_is_another_identity) {
  const provider::twilio::Tokens twilio(twilio_settings());
  const access::Grant grant{47, std::string(kRoom), 2, "jane.doe@example.com", 90min};
  const access::Grant other{47, std::string(kRoom), 2, "other@example.com", 90min};
  expect(accepted(twilio.mint(grant, kNine)).token != accepted(twilio.mint(other, kNine)).token);
  expect(twilio.refusal() == base::Code::token_failed);
}

TEST(its_name_is_twilio) { same("twilio", provider::twilio::Tokens(twilio_settings()).name()); }

// A token with it would be refused at the door, with 53200 in the patient's browser.
TEST(no_token_is_made_for_an_identity_that_twilio_refuses) {
  const provider::twilio::Tokens twilio(twilio_settings());
  access::Grant grant{47, std::string(kRoom), 2, std::string(124, 'a') + "@b", 90min};
  same(128, accepted(twilio.mint(grant, kNine)).identity.size());
  grant.identity += 'a';
  expect(contains(refused(base::Code::token_failed, twilio.mint(grant, kNine)), "128"));
}

}  // namespace

}  // namespace roomkey::test
