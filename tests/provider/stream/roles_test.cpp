#include "provider/stream/roles.hpp"

#include "roomkey/crypto/jws.hpp"
#include "roomkey/provider/all.hpp"
#include "support/canned.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace stream_roles_test {

using namespace roomkey;
using namespace roomkey::test;
using provider::stream::ask_roles;
using provider::stream::RolesAnswer;

RolesAnswer answered(int status, const std::string& body) {
  RolesAnswer answer{"video.stream.example", status};
  if (auto json = base::parse_json_object(body)) answer.body = std::move(*json);
  return answer;
}

// The grants of one call type.
std::string type(const std::string& name, const std::string& grants) {
  return '"' + name + R"(":{"name":")" + name + R"(","grants":{)" + grants + "}}";
}

RolesAnswer types(const std::string& list) {
  return answered(200, R"({"call_types":{)" + list + R"(},"duration":"1ms"})");
}

// "warn stream_roles": each finding; `words` stand in one of their texts.
std::string found(const RolesAnswer& answer, const std::string& words = "") {
  base::Findings findings;
  provider::stream::check_roles(findings, answer);
  std::string list;
  std::string texts;
  for (const auto& one : findings.all()) {
    const char* const level = one.level == base::Finding::Level::ok        ? "ok "
                              : one.level == base::Finding::Level::warning ? "warn "
                                                                           : "error ";
    list += (list.empty() ? "" : ", ") + (level + one.code);
    texts += one.text + '\n';
    same(one.level == base::Finding::Level::ok, one.cure.empty(), one.text);
  }
  expect(contains(texts, words), texts);
  return list;
}

const std::string kMembersAlone = R"("user":["create-call"],"call_member":["join-call"])";

TEST(where_members_alone_join_a_token_opens_what_it_names) {
  same("ok stream_secret, ok stream_roles",
       found(types(type("default", kMembersAlone) + ',' + type("interview", kMembersAlone)),
             "(2 call types)"));
}

TEST(where_the_role_user_joins_every_token_opens_every_call) {
  const std::string joins = R"("user":["join-call","send-audio"],"call_member":["join-call"])";
  same("ok stream_secret, warn stream_roles",
       found(types(type("default", joins) + ',' + type("interview", kMembersAlone)),
             "every call of type default: a token for other calls opens these as well"));
  same("ok stream_secret, warn stream_roles",
       found(types(type("default", joins) + ',' + type("development", joins)),
             "default, development"));
  const std::string adds = R"("user":["update-call-member"],"call_member":["join-call"])";
  same("ok stream_secret, warn stream_roles", found(types(type("default", adds))),
       "who may add members may add himself");
}

TEST(where_strangers_join_that_is_an_error) {
  for (const char* const role : {"guest", "anonymous"}) {
    const std::string grants = kMembersAlone + ",\"" + role + R"(":["join-call"])";
    same("ok stream_secret, error stream_guests",
         found(types(type("livestream", grants)), "type livestream: anybody can"), role);
  }
}

TEST(where_not_even_members_join_that_is_said) {
  same("ok stream_secret, warn stream_members, ok stream_roles",
       found(types(type("default", R"("user":[],"call_member":["send-audio"])")),
             "not even the members"));
}

TEST(a_refusal_names_key_and_secret) {
  for (const int status : {401, 403}) {
    same("error stream_secret",
         found(answered(status, R"({"code":5,"message":"api_key not valid"})"),
               "Stream refuses STREAM_API_KEY with STREAM_API_SECRET"));
  }
}

TEST(what_stream_does_not_say_is_not_taken_for_proven) {
  for (const int status : {200, 204, 302, 401, 403, 404, 429, 500, 503}) {
    same("warn stream_roles", found(answered(status, "<html>"), "was not proven"));
  }
  same("warn stream_roles", found(answered(500, "{}"), "HTTP 500"));
  for (const char* const body :
       {"{}", R"({"call_types":[]})", R"({"call_types":{}})", R"({"call_types":{"default":7}})",
        R"({"call_types":{"default":{}}})", R"({"call_types":{"default":{"grants":[]}}})"}) {
    same("ok stream_secret, warn stream_roles", found(answered(200, body), "was not proven"), body);
  }
  RolesAnswer none{"video.stream.example"};
  none.why = "no route";
  same("warn stream_roles", found(none, "video.stream.example can't be reached: no route"));
}

TEST(a_name_that_stream_would_not_take_is_not_shown) {
  const std::string joins = R"("user":["join-call"],"call_member":[7,null,"join-call"])";
  same("ok stream_secret, ok stream_roles", found(types(type("a b", joins))));
}

TEST(stream_is_asked_as_a_server_for_a_minute) {
  const std::string body = R"({"call_types":{)" + type("default", kMembersAlone) + "}}";
  Canned server("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\nConnection: close\r\n\r\n" + body);
  auto settings = stream_settings();
  settings.api_url = server.url();
  const RolesAnswer answer = ask_roles(settings);
  same(200, answer.status, answer.why);
  same("ok stream_secret, ok stream_roles", found(answer));
  const std::string& request = server.request();
  expect(request.starts_with("GET /api/v2/video/calltypes?api_key=stream-key HTTP/1.1\r\n"),
         request);
  expect(contains(request, "\r\nstream-auth-type: jwt\r\n"), request);
  const auto begin = request.find("\r\nAuthorization: ") + 17;
  const std::string token = request.substr(begin, request.find("\r\n", begin) - begin);
  crypto::KeySet keys{crypto::Algorithm::hs256, {}};
  keys.keys.push_back(
      crypto::Key::from_secret(settings.api_secret.reveal(), crypto::Algorithm::hs256).value());
  const auto claims = accepted(base::parse_json_object(accepted(verify_jws(token, keys)).payload));
  expect(claims["server"] == true);
  same(65, claims["exp"].asInt64() - claims["iat"].asInt64());
  same(3, claims.size());
  expect(!contains(request, std::string(settings.api_secret.reveal())));
}

TEST(stream_is_asked_where_its_variables_will_do) {
  provider::Settings settings;
  const auto proved = [&](bool usable, bool faulty) {
    base::Findings findings;
    provider::stream::kind().prove(findings, settings, usable, [&](auto) { return faulty; });
    return findings.all().empty() ? "" : findings.all().front().text;
  };
  same("", proved(true, false), "not used");
  same("", provider::stream::kind().proves(settings));
  settings.stream = stream_settings();
  expect(!provider::stream::kind().proves(settings).empty());
  same("Stream was not asked who may join which calls.", proved(false, false));
  same("Stream was not asked who may join which calls.", proved(true, true));
  settings.stream.api_url = "http://127.0.0.1:9";
  expect(contains(proved(true, false), "127.0.0.1:9 can't be reached"));
}

TEST(unbound_tokens_are_warned_of) {
  provider::Settings settings;
  settings.stream = stream_settings();
  settings.stream.unbound_tokens = true;
  base::Findings findings;
  expect(provider::stream::kind().check(findings, settings));
  same(1, findings.count(base::Finding::Level::warning));
  same("STREAM_UNBOUND_TOKENS", findings.all().back().code);
  same("STREAM_UNBOUND_TOKENS", provider::stream::kind().lax(settings));
  settings.stream.unbound_tokens = false;
  same("", provider::stream::kind().lax(settings));
}

}  // namespace stream_roles_test
