#include "roomkey/provider/stream/token.hpp"

#include <random>
#include <set>

#include "provider/conformance.hpp"
#include "support/folder.hpp"

namespace roomkey::test {

class StreamConformance final : public ProviderConformance {
  CPPUNIT_TEST_SUB_SUITE(StreamConformance, ProviderConformance);
  CPPUNIT_TEST_SUITE_END();

 private:
  static Made made(const provider::stream::TokenSettings& settings) {
    return std::make_unique<provider::stream::Tokens>(settings);
  }
  [[nodiscard]] Made configured() const override { return made(stream_settings()); }
  [[nodiscard]] Made unconfigured() const override { return made({}); }
  [[nodiscard]] std::vector<std::pair<std::string, Made>> incomplete() const override {
    std::vector<std::pair<std::string, Made>> list;
    auto settings = stream_settings();
    settings.api_key.clear();
    list.emplace_back("STREAM_API_KEY", made(settings));
    settings = stream_settings();
    settings.api_secret = {};
    list.emplace_back("STREAM_API_SECRET", made(settings));
    return list;
  }
  [[nodiscard]] std::string secret() const override {
    return std::string(stream_settings().api_secret.reveal());
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(StreamConformance);

namespace {

using provider::stream::fit_name;
using provider::stream::is_call_id;
using provider::stream::is_own_name;
using provider::stream::user_id;

access::Grant grant_of(std::int64_t user_id, const std::string& room = std::string(kRoom)) {
  return {47, room, user_id, "jane.doe@example.com", 90min};
}

std::string encoded_payload(const provider::Credential& credential) {
  const auto first = credential.token.find('.') + 1;
  return credential.token.substr(first, credential.token.find('.', first) - first);
}

std::string payload(const provider::Credential& credential) {
  return crypto::from_base64url(encoded_payload(credential)).value();
}

// Any id there is, small ones often.
std::int64_t some_id(std::mt19937_64& random) {
  return static_cast<std::int64_t>(random() >> (1 + random() % 63)) + 1;
}

TEST(stream_tokens_are_the_golden_ones_byte_for_byte) {
  const auto vectors = accepted(base::parse_json(content_of("tests/vendor/stream_golden.json")));
  expect(vectors.size() >= 6, "vectors are missing");
  for (const Json::Value& vector : vectors) {
    const auto text = [&](const char* key) {
      return base::string_member(vector, key).value_or("");
    };
    const std::chrono::minutes validity{vector["validity_seconds"].asInt() / 60};
    const provider::stream::Tokens stream(
        {text("api_key"), crypto::Secret(text("api_secret")), validity});
    const auto user_id = vector["user_id"].asInt64();
    const auto now = base::from_unix(vector["now"].asInt64());
    std::vector<access::Grant> grants;
    for (const Json::Value& call_id : vector["call_ids"]) {
      grants.push_back(grant_of(user_id, call_id.asString()));
      grants.back().validity = validity;
    }
    const auto credential =
        accepted(grants.empty() ? stream.mint_for_user(user_id, now)
                                : stream.mint_for_calls(grants, text("call_type"), now));
    if (grants.size() == 1) {
      same(credential.token,
           accepted(stream.mint_for_call(grants.front(), text("call_type"), now)).token);
    }
    same(text("token"), credential.token, text("name"));
    same(now - 5s, credential.issued_at);
    same(credential.issued_at + validity, credential.expires_at);
  }
}

TEST(a_call_token_holds_user_times_and_the_one_call) {
  const provider::stream::Tokens stream(stream_settings());
  same(R"({"user_id":"user_2","iat":1763283595,"exp":1763288995,)"
       R"("call_cids":["default:apt-47-1763138954-46eb915c"]})",
       payload(accepted(stream.mint(grant_of(2), kNine))));
  same(R"({"user_id":"user_19","iat":1763283595,"exp":1763288995,)"
       R"("call_cids":["interview:apt-47-1763138954-46eb915c"]})",
       payload(accepted(stream.mint_for_call(grant_of(19), "interview", kNine))));
  same(R"({"user_id":"user_2","iat":1763283595,"exp":1763287195})",
       payload(accepted(stream.mint_for_user(2, kNine))));
}

TEST(a_token_for_several_calls_names_them_all_and_is_valid_as_configured) {
  const provider::stream::Tokens stream({"key", crypto::Secret("s"), 7min});
  const std::vector<access::Grant> grants{grant_of(19), grant_of(19, "b"), grant_of(19, "C_-")};
  const auto credential = accepted(stream.mint_for_calls(grants, "interview", kNine));
  same(R"({"user_id":"user_19","iat":1763283595,"exp":1763284015,"call_cids":[)"
       R"("interview:apt-47-1763138954-46eb915c","interview:b","interview:C_-"]})",
       payload(credential));
  same("user_19", credential.identity);
  refused(base::Code::token_failed,
          stream.mint_for_calls(std::vector{grant_of(19), grant_of(19, "a.b")}, "default", kNine));
  refused(base::Code::provider_not_configured,
          provider::stream::Tokens({}).mint_for_calls(grants, "default", kNine));
}

TEST(unbound_tokens_are_given_only_where_that_is_asked_for) {
  auto settings = stream_settings();
  expect(!provider::stream::Tokens(settings).gives_unbound());
  settings.unbound_tokens = true;
  expect(provider::stream::Tokens(settings).gives_unbound());
}

TEST(a_room_whose_name_is_no_call_id_gets_no_token) {
  const provider::stream::Tokens stream(stream_settings());
  for (const std::string& name : {std::string("a.b"), std::string("a~b"), std::string("a?b"),
                                  std::string("a b"), std::string("a:b"), std::string("a\"b"),
                                  std::string("zo\xC3\xAB"), std::string(), std::string(65, 'a')}) {
    const auto why = refused(base::Code::token_failed, stream.mint(grant_of(2, name), kNine), name);
    expect(contains(why, "call id") && (name.empty() || !contains(why, name)), why);
  }
  accepted(stream.mint(grant_of(2, std::string(64, 'Z')), kNine));
}

TEST(a_name_is_made_fit_for_stream) {
  for (const auto& [name, fitted] :
       {std::pair{"2", "user_2"},
        std::pair{"2-jane.doe@example.com", "user_2-jane_doe@example_com"},
        std::pair{"Jane.DOE@Example.com", "jane_doe@example_com"}, std::pair{"user_2", "user_2"},
        std::pair{"a b+c~d", "a_b_c_d"}, std::pair{"zo\xC3\xAB\xF0\x9F\xA6\x8A!", "zo___"},
        std::pair{"\xFF\x80", "__"}, std::pair{"-_@", "-_@"}, std::pair{"", ""}}) {
    same(fitted, fit_name(name), name);
    same(fitted, fit_name(fitted), "what is fit stays as it is");
  }
}

TEST(a_stream_user_id_is_fit_stable_and_nobody_else_s) {
  std::mt19937_64 random{7};
  std::set<std::int64_t> ids{1, 2, 9, 10, INT64_MAX};
  while (ids.size() < 20'000) ids.insert(some_id(random));
  std::set<std::string> seen;
  for (const std::int64_t id : ids) {
    const std::string text = user_id(id);
    expect(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789@_-") == text.npos, text);
    same(text, user_id(id));
    expect(seen.insert(text).second, text + " twice");
  }
}

TEST(a_user_has_six_names_and_no_other) {
  const auto user = jane();
  for (const char* const name :
       {"2", "user_2", "2-jane.doe@example.com", "user_2-jane_doe@example_com",
        "jane.doe@example.com", "jane_doe@example_com"}) {
    expect(is_own_name(name, user), name);
    expect(!is_own_name(name, sarah()), name);
    for (const auto& other :
         {' ' + std::string(name), std::string(name) + ' ', std::string(name) + 'x',
          std::string(name) + '\0', std::string(name).substr(1)}) {
      expect(!is_own_name(other, user), other);
    }
  }
  for (const char* const name :
       {"", "02", "+2", "19", "user_19", "USER_2", "User_2", "Jane.Doe@example.com", "user_", "@",
        "2-", "2-jane_doe@example_com", "jane.doe@example_com", "jane doe@example.com",
        "\xEF\xBC\x92"}) {
    expect(!is_own_name(name, user), name);
  }
}

// Two addresses may be the same once they are made fit: each user still gets a token for itself.
TEST(whatever_name_is_asked_for_the_token_is_the_caller_s) {
  const access::User twin{5, "jane_doe@example.com", "Twin"};
  expect(is_own_name("jane_doe@example_com", jane()));
  expect(is_own_name("jane_doe@example_com", twin));
  expect(!is_own_name("jane.doe@example.com", twin));
  expect(!is_own_name("jane_doe@example.com", jane()));
  expect(user_id(jane().id) != user_id(twin.id));
}

TEST(the_encoded_payload_is_plain_base64) {
  std::mt19937_64 random{11};
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  const provider::stream::Tokens stream(stream_settings());
  for (int i = 0; i < 20'000; ++i) {
    std::string room(1 + random() % 64, ' ');
    for (char& c : room) c = kLetters[random() % kLetters.size()];
    const auto now = kNine + std::chrono::seconds{random() % 1'000'000'000};
    const auto id = some_id(random);
    for (const auto& credential : {accepted(stream.mint_for_user(id, now)),
                                   accepted(stream.mint_for_call(grant_of(id, room), room, now))}) {
      const std::string text = encoded_payload(credential);
      expect(text.find_first_of("-_") == text.npos, text);
    }
  }
}

TEST(call_ids_are_what_stream_takes) {
  for (const auto& good :
       {std::string("a"), std::string(kRoom), std::string("A_Z-9"), std::string(64, 'x')}) {
    expect(is_call_id(good), good);
  }
  for (const auto& bad :
       {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a:b"),
        std::string("a.b"), std::string("a\0b", 3), std::string("\xC3\xAB")}) {
    expect(!is_call_id(bad), bad);
  }
}

}  // namespace

}  // namespace roomkey::test
