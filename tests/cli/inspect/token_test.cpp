#include "cli/inspect/inspected.hpp"
#include "cli/inspect/report.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/base64url.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;

const std::string kClaims = R"({"user_id":2,"exp":)" + from_now(300) + '}';

std::string of(const std::string& header, const std::string& payload) {
  return crypto::base64url(header) + '.' + crypto::base64url(payload) + ".c2ln";
}

TEST(what_is_no_token_is_said_in_words) {
  const std::string token = bearer_with(kClaims);
  const config::Config config = clinic_config();
  found("error malformed", "", config, "There is no token");
  found("error malformed", "hello", config, "1 part between");
  found("error malformed", "a.b", config, "2 parts");
  found("error malformed", "a.b.c.d", config, "4 parts");
  found("error malformed", "a.b.c.d.e", config, "encrypted");
  found("error malformed", R"({"access_token":"a.b.c"})", config, "JSON");
  found("error malformed", token.substr(0, 20) + "...", config, "shortened");
  found("error malformed", token.substr(0, 20) + "\xE2\x80\xA6", config, "shortened");
  found("error other_provider", "T1==cGFydG5lcl9pZD0", config, "Vonage");
}

TEST(each_part_is_named_when_it_can_t_be_read) {
  const auto bad = [](const std::string& token, std::string_view part) {
    const auto report = cli::inspect::inspect(token, clinic_config(), kNine);
    expect(!report.faultless() && contains(cli::inspect::to_text(report), part),
           cli::inspect::to_text(report));
  };
  const std::string header = R"({"alg":"HS256"})";
  bad("..", "header is not valid JSON");
  bad("a.b.c", "header was cut or changed");
  bad("e30=.e30.c2ln", "header is padded");
  bad("e30+.e30.c2ln", "header is base64 and not base64url");
  bad("e3 0.e30.c2ln", "header has a blank");
  bad("e30\n.e30.c2ln", "header has a blank");
  bad("e30.e\xC3\xAB.c2ln", "payload has a character");
  bad(of("[]", "{}"), "header is not a JSON object");
  bad(of(header, "[7]"), "payload is not a JSON object");
  bad(of(header, R"({"exp":1,"exp":2})"), "payload is not valid JSON");
  bad(of(header, "{\"a\":\"\xFF\"}"), "payload is not UTF-8");
  bad(of(header, std::string("{}\0", 3)), "without NUL");
  bad(of(header, "{\"a\":" + std::string(500, '[') + std::string(500, ']') + '}'), "payload is n");
  bad(of(header, kClaims) + '=', "signature is padded");
}

TEST(twilio_s_code_is_given_for_what_is_twilio_s) {
  const std::string header = R"({"cty":"twilio-fpa;v=1"})";
  const auto report = found("error 20101", of(header, "7"));
  same("twilio", report.kind);
}

TEST(other_providers_tokens_are_known) {
  const auto other = [](const std::string& claims, std::string_view name) {
    const auto report =
        found("error other_provider",
              of(R"({"alg":"HS256"})", '{' + claims + R"(,"exp":)" + from_now(9) + '}'),
              clinic_config(), name);
    same("unknown", report.kind);
  };
  other(R"("app_key":"x","tpc":"apt-47")", "Zoom");
  other(R"("application_id":"x")", "Vonage");
}

TEST(what_nobody_knows_is_said_to_be_unknown) {
  const config::Config none;
  found("error unknown_kind", of(R"({"alg":"RS256"})", R"({"sub":"x","exp":)" + from_now(9) + '}'),
        none);
  same("bearer",
       cli::inspect::inspect(of(R"({"alg":"RS256"})", R"({"sub":"x"})"), clinic_config(), kNine)
           .kind);
}

// Whatever is in a token, what is printed is plain ASCII lines of ours.
TEST(hostile_content_is_made_harmless) {
  for (std::string claims :
       {R"({"grants":{"identity":"NASTY","video":{"room":"NASTY"},"NASTY":1},"iss":"NASTY"})",
        R"({"token_type":"NASTY","user_id":"NASTY","exp":"NASTY","iss":"NASTY","aud":"NASTY"})",
        R"({"call_cids":["NASTY","a:NASTY"],"user_id":"NASTY","iat":1e400})",
        R"({"NASTY":1,"video":{},"exp":99999999999999999999999999999,"iat":-1e308})"}) {
    for (auto at = claims.find("NASTY"); at != claims.npos; at = claims.find("NASTY")) {
      claims.replace(at, 5, R"(\u001b[2J\r\n[OK] \u0000\u202e\ud83d\ude00\"\u0007)");
    }
    const auto token = of(R"({"alg":"\u001b\n","cty":"\r","twr":"\u0000","kid":"\t"})", claims);
    const auto report = cli::inspect::inspect(token, clinic_config(), kNine);
    for (const char c : cli::inspect::to_text(report)) {
      expect((c >= 0x20 && c < 0x7F) || c == '\n', cli::inspect::to_text(report));
    }
    expect(!contains(cli::inspect::to_text(report), "\n[OK]"), cli::inspect::to_text(report));
    const auto json = accepted(base::parse_json_object(cli::inspect::to_json(report)),
                               cli::inspect::to_json(report));
    same(false, json["ok"].asBool());
  }
}

TEST(long_content_is_cut) {
  const auto report = cli::inspect::inspect(
      of(R"({"alg":"HS256"})",
         R"({"grants":{"identity":")" + std::string(199, 'x') + "\xC3\xAB\xC3\xAB\"}}"),
      clinic_config(), kNine);
  same(std::string(199, 'x') + "...", value_of(report, "identity"));
}

TEST(no_cut_of_a_token_is_too_much) {
  const std::string token = bearer_with(kClaims);
  for (std::size_t size = 0; size < token.size(); ++size) {
    expect(!cli::inspect::inspect(token.substr(0, size), clinic_config(), kNine).faultless());
    std::string changed = token;
    changed[size] = changed[size] == '.' ? '-' : '.';
    expect(!cli::inspect::inspect(changed, clinic_config(), kNine).faultless(), changed);
  }
}

TEST(neither_signature_nor_secret_is_in_a_report) {
  const provider::twilio::Tokens twilio(twilio_settings());
  const access::Grant grant{47, std::string(kRoom), 2, "jane.doe@example.com", 90min};
  for (const std::string& token :
       {accepted(twilio.mint(grant, kNine)).token, bearer_with(kClaims)}) {
    const auto report = cli::inspect::inspect(token, clinic_config(), kNine);
    const auto text = cli::inspect::to_text(report) + cli::inspect::to_json(report);
    for (const std::string& part : {token.substr(token.rfind('.') + 1), std::string(kSecret),
                                    std::string("not-a-real"), std::string("fedcba9876543210")}) {
      expect(!contains(text, part.substr(0, 8)), text);
    }
  }
}

TEST(errors_come_first) {
  config::Config config = clinic_config();
  config.twilio.token = {"", "", {}, ""};
  const auto report =
      cli::inspect::inspect(of(R"({"cty":"twilio-fpa;v=1","twr":"au1"})", "{}"), config, kNine);
  expect(codes(report).find("warning") > codes(report).rfind("error"), codes(report));
}

TEST(a_report_is_text_or_json) {
  const cli::inspect::Report report{
      "twilio",
      {{"room", "apt-47"}},
      {{base::Finding::Level::error, "20104", "It expired.", "Renew it."},
       {base::Finding::Level::warning, "20103", "Hm.", "See."}}};
  same(
      "Twilio access token\n"
      "  room          apt-47\n"
      "[ERROR] 20104: It expired.\n    Renew it.\n"
      "[WARN] 20103: Hm.\n    See.\n"
      "[FAILED] 1 fault, 1 warning\n",
      cli::inspect::to_text(report));
  same(R"({"kind":"twilio","ok":false,"lines":[{"label":"room","value":"apt-47"}],"findings":[)"
       R"({"severity":"error","code":"20104","text":"It expired.","cure":"Renew it."},)"
       R"({"severity":"warning","code":"20103","text":"Hm.","cure":"See."}]})"
       "\n",
       cli::inspect::to_json(report));
  same("unknown token\n[OK] no fault found\n", cli::inspect::to_text({}));
}

}  // namespace
