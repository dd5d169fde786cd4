#include "roomkey/provider/custom/token.hpp"

#include "cli/check/checked.hpp"
#include "cli/inspect/inspected.hpp"
#include "provider/conformance.hpp"
#include "provider/custom/settings.hpp"
#include "support/folder.hpp"

namespace roomkey::test {

namespace custom_token_test {

using provider::custom::Template;
using provider::custom::Tokens;
using provider::custom::TokenSettings;

constexpr const char* kKey = "not-a-real-key-of-a-template-0123456789";

TokenSettings settings_with(const std::string& text, std::string_view key = kKey) {
  std::vector<std::string> faults;
  auto pattern = Template::read(text, faults);
  expect(faults.empty(), faults.empty() ? "" : faults.front());
  return {"template.json", std::move(pattern), crypto::Secret(key)};
}

TokenSettings usual() {
  return settings_with(R"({"algorithm":"HS256","claims":{"sub":"{identity}","room":"{room}",)"
                       R"("iat":"{iat}","exp":"{exp}"}})");
}

}  // namespace custom_token_test

class CustomConformance final : public ProviderConformance {
  CPPUNIT_TEST_SUB_SUITE(CustomConformance, ProviderConformance);
  CPPUNIT_TEST_SUITE_END();

 private:
  static Made made(const provider::custom::TokenSettings& settings) {
    return std::make_unique<provider::custom::Tokens>(settings);
  }
  [[nodiscard]] Made configured() const override { return made(custom_token_test::usual()); }
  [[nodiscard]] Made unconfigured() const override { return made({}); }
  [[nodiscard]] std::vector<std::pair<std::string, Made>> incomplete() const override {
    std::vector<std::pair<std::string, Made>> list;
    auto settings = custom_token_test::usual();
    settings.file.clear();
    list.emplace_back("ROOMKEY_TOKEN_TEMPLATE_FILE", made(settings));
    settings = custom_token_test::usual();
    settings.key = {};
    list.emplace_back("ROOMKEY_TOKEN_KEY", made(settings));
    return list;
  }
  [[nodiscard]] std::string secret() const override { return custom_token_test::kKey; }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CustomConformance);

namespace custom_token_test {

access::Grant grant_of(access::Side side = access::Side::patient, std::string name = "Jane Doe") {
  return {47, std::string(kRoom), 2, "jane.doe@example.com", 90min, std::move(name), side};
}

// "{...}.{...}": header and claims.
std::string content_of_token(const TokenSettings& settings, const access::Grant& grant) {
  const auto token = accepted(Tokens(settings).mint(grant, kNine)).token;
  const auto first = token.find('.');
  const auto second = token.find('.', first + 1);
  return crypto::from_base64url(token.substr(0, first)).value() + '.' +
         crypto::from_base64url(token.substr(first + 1, second - first - 1)).value();
}

std::string claims_of(const std::string& members, const access::Grant& grant) {
  const auto text = content_of_token(
      settings_with(R"({"algorithm":"HS256","by_role":{"level":{"patient":0,"psychologist":[1]}},)"
                    R"("claims":{"exp":"{exp}","r":"{room}",)" +
                    members + "}}"),
      grant);
  const auto begin = text.find("{\"exp\"");
  return text.substr(begin);
}

TEST(a_placeholder_alone_keeps_its_type_and_inside_of_a_text_it_is_text) {
  const std::string rest = R"({"exp":1763289000,"r":")" + std::string(kRoom) + "\",";
  same(rest + R"("t":1763283590,"u":"at 1763283600 of 2"})",
       claims_of(R"("t":"{nbf}","u":"at {iat} of {user_id}")", grant_of()));
  same(rest + R"("t":0,"u":"x{patient}y"})",
       claims_of(R"("t":"{level}","u":"x{{{role}}}y")", grant_of()));
  same(rest + R"("t":[1],"u":[true,null,47,{"a":"psychologist"}]})",
       claims_of(R"("t":"{level}","u":[true,null,"{appointment_id}",{"a":"{role}"}])",
                 grant_of(access::Side::psychologist)));
}

TEST(what_is_filled_in_can_not_break_out) {
  const auto text = claims_of(R"("u":"{name}","v":"<{name}>")",
                              grant_of(access::Side::patient, "\",\"exp\":9,\"{room}\\\n"));
  const auto json = accepted(base::parse_json_object(text));
  same("\",\"exp\":9,\"{room}\\\n", json["u"].asString());
  same("<\",\"exp\":9,\"{room}\\\n>", json["v"].asString());
  same(std::int64_t{1763289000}, base::integer(json["exp"]).value());
}

TEST(the_header_says_the_algorithm_and_what_the_template_adds) {
  const auto text = content_of_token(
      settings_with(
          R"({"algorithm":"HS384","header":{"typ":"at","kid":"k1"},)"
          R"("claims":{"exp":"{exp}","r":"{room}"},"connect":{"a":["{room}","{name}"]}})"),
      grant_of());
  expect(text.starts_with(R"({"alg":"HS384","kid":"k1","typ":"at"}.)"), text);
}

TEST(connect_is_as_the_template_says_or_the_room) {
  same(R"({"room":")" + std::string(kRoom) + "\"}", Tokens(usual()).connect(grant_of()));
  const auto settings =
      settings_with(R"({"algorithm":"HS256","claims":{"exp":"{exp}","r":"{room}"},)"
                    R"("connect":{"url":"wss://sfu.example/{room}","who":"{user_id}"}})");
  same(R"({"url":"wss://sfu.example/)" + std::string(kRoom) + R"(","who":2})",
       Tokens(settings).connect(grant_of()));
}

TEST(every_fault_of_a_template_is_named_at_once) {
  std::vector<std::string> faults;
  expect(!Template::read(R"({"algorithm":"none","secret":"s3cr3t","key":"s3cr3t",
      "header":{"alg":"HS256"},"by_role":{"room":{"patient":1,"psychologist":2},"x":{"patient":1},
      "Y":{},"z":{"patient":"{room}","psychologist":1}},
      "claims":{"a":"{rom}","b":"{","c":"}","d":1.5,"{e}":1,"f":"REPLACE_ME","exp":1},
      "connect":[]})",
                         faults));
  std::string all;
  for (const auto& one : faults) all += one + '\n';
  expect(!contains(all, "s3cr3t"), all);
  for (const char* const part :
       {"has a member that means nothing", "key must be ROOMKEY_TOKEN_KEY", "algorithm must be one",
        "header.alg must not be there", "by_role.room has the name", "by_role.x must say a value",
        "by_role has a name that", "by_role.z.patient must hold no", "claims.a has an unknown",
        "claims.b has a { without", "claims.c has a } alone", "claims.d must be a whole",
        "claims has a name with {", "claims.f is still REPLACE_ME", "claims.exp must be {exp}",
        "claims must hold {room}", "connect must be an object"}) {
    expect(contains(all, part), std::string(part) + " is not in\n" + all);
  }
}

TEST(what_is_no_template_is_refused) {
  for (const char* const text : {"", "[]", "{", "{\"a\":1,\"a\":2}", "{}", R"({"claims":[]})",
                                 R"({"algorithm":"HS256","claims":{"exp":"{exp} ","r":"{room}"}})",
                                 R"({"algorithm":"HS256","claims":{"exp":"{exp}"},"header":1})"}) {
    std::vector<std::string> faults;
    expect(!Template::read(text, faults) && !faults.empty(), text);
  }
}

std::string faults_of(const std::string& file, const std::string& key) {
  config::Environment environment;
  environment.set("ROOMKEY_JWT_SECRET", std::string(40, 's'));
  environment.set("ROOMKEY_TOKEN_TEMPLATE_FILE", file);
  environment.set("ROOMKEY_TOKEN_KEY", key);
  config::Faults faults;
  static_cast<void>(config::read_config(environment, faults));
  std::string text;
  for (const auto& fault : faults) text += fault.text() + '\n';
  return text;
}

TEST(template_and_key_are_read_with_the_configuration) {
  expect(contains(faults_of("/nowhere", "k"), "ROOMKEY_TOKEN_TEMPLATE_FILE: can't read the file"));
  expect(contains(faults_of("Makefile", "k"), "ROOMKEY_TOKEN_TEMPLATE_FILE: is no JSON object"));
  expect(contains(faults_of("docs/templates/zoom-video-sdk.json", "k"),
                  "claims.app_key is still REPLACE_ME"));
}

TEST(a_template_in_use_is_looked_at) {
  const auto said = [](std::string_view wanted, const TokenSettings& settings) {
    base::Findings findings;
    static_cast<void>(provider::custom::check_variables(findings, settings));
    came_out(wanted, findings);
  };
  said("ok ROOMKEY_TOKEN_KEY", usual());
  auto settings = usual();
  settings.key = crypto::Secret("short");
  said("warn ROOMKEY_TOKEN_KEY", settings);
  settings.key = {};
  said("error ROOMKEY_TOKEN_KEY", settings);
  settings.file.clear();
  settings.key = crypto::Secret(kKey);
  said("error ROOMKEY_TOKEN_TEMPLATE_FILE", settings);
  said("warn ROOMKEY_TOKEN_TEMPLATE_FILE, ok ROOMKEY_TOKEN_KEY",
       settings_with(R"({"algorithm":"HS256","claims":{"exp":"{exp}","r":"{room}"}})"));
}

TEST(a_token_by_template_is_known_by_its_signature) {
  config::Config config;
  config.custom = usual();
  const auto token = accepted(Tokens(config.custom).mint(grant_of(), kNine)).token;
  const auto report = found("", token, config);
  same("custom", report.kind);
  same("made with ROOMKEY_TOKEN_KEY", value_of(report, "signature"));
}

}  // namespace custom_token_test

}  // namespace roomkey::test
