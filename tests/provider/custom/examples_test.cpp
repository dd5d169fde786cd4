// The templates in docs/templates against tests/vendor/custom_golden.json, which has what each
// provider's own documentation wants of its tokens.
#include <filesystem>

#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"
#include "roomkey/crypto/jws.hpp"
#include "roomkey/provider/custom/token.hpp"
#include "support/clinic.hpp"
#include "support/folder.hpp"
#include "support/test.hpp"

namespace custom_examples_test {

using namespace roomkey;
using namespace roomkey::test;
using provider::custom::Template;
using provider::custom::Tokens;

std::string with_own(std::string text) {
  for (auto at = text.find("REPLACE_ME"); at != text.npos; at = text.find("REPLACE_ME")) {
    text.replace(at, 10, "ours");
  }
  return text;
}

access::Grant grant_of(access::Side side) {
  if (side == access::Side::patient) {
    return {47, std::string(kRoom), 2, "jane.doe@example.com", 90min, "Jane Doe", side};
  }
  return {47, std::string(kRoom), 19, "dr.sarah@example.com", 90min, "Dr. Sarah", side};
}

Json::Value part_of(const std::string& token, int at) {
  std::size_t begin = 0;
  for (; at > 0; --at) begin = token.find('.', begin) + 1;
  return accepted(base::parse_json_object(
      crypto::from_base64url(token.substr(begin, token.find('.', begin) - begin)).value()));
}

crypto::Secret key_of(const Json::Value& golden) {
  const std::string file = golden["key_file"].asString();
  return crypto::Secret(file.empty() ? golden["secret"].asString()
                                     : content_of("tests/vendor/" + file));
}

void compare(const Json::Value& golden, const Tokens& tokens, const std::string& name) {
  for (const auto side : {access::Side::patient, access::Side::psychologist}) {
    const Json::Value& wanted = golden[std::string(access::word(side))];
    const auto grant = grant_of(side);
    const auto token = accepted(tokens.mint(grant, kNine), name).token;
    same(wanted["token"].asString(), token, name);
    expect(part_of(token, 0) == golden["header"], name + ": header");
    expect(part_of(token, 1) == wanted["claims"],
           name + ": claims " + part_of(token, 1).toStyledString());
    expect(accepted(base::parse_json_object(tokens.connect(grant))) == wanted["connect"],
           name + ": connect " + tokens.connect(grant));
  }
}

TEST(each_example_of_a_template_makes_the_golden_claims) {
  const auto goldens = accepted(base::parse_json(content_of("tests/vendor/custom_golden.json")));
  std::size_t examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator("docs/templates")) {
    const std::string name = entry.path().stem().string();
    std::vector<std::string> faults;
    const auto pattern = Template::read(with_own(content_of(entry.path().string())), faults);
    expect(pattern.has_value(), name + (faults.empty() ? "" : ": " + faults.front()));
    expect(goldens.isMember(name), name + " has no golden claims");
    compare(goldens[name], Tokens({"template.json", pattern, key_of(goldens[name])}), name);
    ++examples;
  }
  same(goldens.size(), examples);
}

}  // namespace custom_examples_test
