// Project Wycheproof's vectors, where they lie beside the repository: they are not ours to copy.
// The same kinds, made by ourselves, are in forged_signature_test.cpp, jws_test.cpp and
// jwk_test.cpp.
#include <iostream>
#include <map>

#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/jws.hpp"
#include "support/folder.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::crypto;
using namespace roomkey::test;

// Their groups.
Json::Value vectors(const std::string& name) {
  const std::string path = "../shared/vectors/" + name;
  const std::string text = content_of(path);
  if (text.empty()) skip("its vectors lie only beside the project: " + path + " is not there");
  return accepted(roomkey::base::parse_json_object(text), path)["testGroups"];
}

const Json::Value& key_of(const Json::Value& group) {
  return group[group.isMember("public") ? "public" : "private"];
}

// What the token's header says, as far as it can be read.
std::string algorithm_word(const std::string& token) {
  const auto header = from_base64url(token.substr(0, token.find('.')));
  const auto object = roomkey::base::parse_json_object(header.value_or(""));
  return object ? roomkey::base::string_member(*object, "alg").value_or("") : "";
}

// Tests whose verdict we don't share, with the reason.
using Deviations = std::map<int, std::string_view>;

struct Count {
  int agreed = 0, deviating = 0, skipped = 0;
};

void judge(const Json::Value& test, bool taken, const Deviations& deviations, Count& count) {
  const int id = test["tcId"].asInt();
  const std::string what = std::to_string(id) + ' ' + test["comment"].asString();
  const std::string wanted = test["result"].asString();
  expect(wanted == "valid" || wanted == "invalid", "a verdict that is unknown: " + what);
  const bool agreed = taken == (wanted == "valid");
  same(deviations.contains(id), !agreed, what);
  ++(agreed ? count.agreed : count.deviating);
}

void say(std::string_view name, const Count& count, const Deviations& deviations) {
  std::cout << "wycheproof " << name << ": " << count.agreed << " agreed, " << count.skipped
            << " skipped (PS256, PS384, PS512 and ES521 are not supported), " << count.deviating
            << " otherwise\n";
  for (const auto& [id, why] : deviations) std::cout << "  " << id << ": " << why << '\n';
}

TEST(agrees_with_wycheproof_on_signatures) {
  const Deviations deviations{
      {367, "\"invalid\" for its padding, but in the file it is byte for byte the valid 357"},
      {370, "\"invalid\" for its padding, but in the file it is byte for byte the valid 357"},
      {372, "\"valid\" with a `?` in the header part, which is no base64url: refused"},
      {373, "\"valid\" with a `?` in the payload part, which is no base64url: refused"}};
  const auto groups = vectors("json_web_signature_test.json");
  Count count;
  for (const Json::Value& group : groups) {
    const Json::Value& jwk = key_of(group);
    for (const Json::Value& test : group["tests"]) {
      const std::string token =
          test["jws"].isString() ? test["jws"].asString() : test["jws"].toStyledString();
      // A key that names no algorithm is tried with the token's, as a careless caller would.
      const auto algorithm =
          parse_algorithm(jwk.isMember("alg") ? jwk["alg"].asString() : algorithm_word(token));
      if (!algorithm) {
        ++count.skipped;
        continue;
      }
      KeySet keys{*algorithm, {}};
      if (auto key = Key::from_jwk(jwk, *algorithm)) keys.keys.push_back(std::move(*key));
      judge(test, verify_jws(token, keys).has_value(), deviations, count);
    }
  }
  same(401, count.agreed + count.deviating + count.skipped);
  same(deviations.size(), count.deviating);
  say("signatures", count, deviations);
}

TEST(agrees_with_wycheproof_on_key_sets) {
  const Deviations deviations{
      {1,
       "a set with an HMAC key and an EC key is cut down to the configured algorithm, not "
       "refused: no token can choose among them"},
      {4,
       "two keys with one `kid` are both tried, not refused: issuers do that while they rotate, "
       "and "
       "each of the two is the clinic's own"},
      {7,
       "a key made by chips with the ROCA weakness is not recognized: that takes a list of "
       "primes, and the key comes from the clinic's own login"}};
  const auto groups = vectors("json_web_key_test.json");
  Count count;
  for (const Json::Value& group : groups) {
    for (const Json::Value& test : group["tests"]) {
      const std::string token = test["jws"].asString();
      const auto algorithm = parse_algorithm(algorithm_word(token));
      expect(algorithm.has_value(), token);
      const auto keys = key_set_from_jwks(key_of(group).toStyledString(), *algorithm);
      judge(test, keys && verify_jws(token, *keys), deviations, count);
    }
  }
  same(26, count.agreed + count.deviating);
  same(deviations.size(), count.deviating);
  say("key sets", count, deviations);
}

}  // namespace
