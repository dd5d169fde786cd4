#include "provider/janus/proof.hpp"

#include "cli/check/checked.hpp"
#include "provider/janus/janus_server.hpp"

namespace janus_proof_test {

using namespace roomkey;
using namespace roomkey::test;
using provider::janus::Answers;
using provider::janus::Api;

Api::Reply error(std::int64_t code) {
  Api::Reply reply;
  reply.status = 200;
  reply.error = code;
  reply.why = "error " + std::to_string(code);
  return reply;
}

Answers answers(const std::string& more = "") {
  Answers all{"127.0.0.1:8088", error(0), error(0), error(430), error(429), error(0)};
  all.info.object =
      base::parse_json_object(R"({"janus":"server_info","version":1102,"version_string":"1.1.2",)"
                              R"("auth_token":true,"plugins":{"janus.plugin.videoroom":{}})" +
                              more + '}')
          .value();
  return all;
}

void say(std::string_view wanted, const Answers& all, std::string_view part = "") {
  base::Findings findings;
  check_answers(findings, all);
  came_out(wanted, findings, part);
}

TEST(a_janus_that_is_as_roomkey_needs_it_is_proven) {
  say("ok janus_version, ok janus_secret, ok janus_admin_key, ok janus_string_ids", answers());
}

TEST(whatever_is_wrong_at_janus_is_said_with_its_cure) {
  auto all = answers();
  all.info = {};
  all.info.why = "Failed to connect";
  say("error network", all, "systemctl status janus");
  all.info.status = 200;
  say("error network", all, "not as Janus does");
  all = answers();
  all.info.object["janus"] = "success";
  say("error network", all);
  all = answers();
  all.info.object["version"] = 907;
  all.info.object["plugins"] = Json::Value(Json::objectValue);
  all.info.object["auth_token"] = false;
  say("error janus_version, error janus_videoroom, error janus_token_auth, ok janus_admin_key, "
      "ok janus_string_ids",
      all, "token_auth = true");
  all = answers();
  all.session = error(403);
  say("ok janus_version, error janus_secret", all, "token_auth_secret");
  all.session = error(-1);
  say("ok janus_version, error janus_secret", all, "gives no session");
  all = answers();
  all.with_key = error(433);
  say("ok janus_version, ok janus_secret, error janus_admin_key, ok janus_string_ids", all,
      "is not the admin_key");
  all.with_key = error(-1);
  say("ok janus_version, ok janus_secret, error janus_admin_key, ok janus_string_ids", all);
  all = answers();
  all.without = error(430);
  say("ok janus_version, ok janus_secret, error janus_admin_key, ok janus_string_ids", all,
      "has no admin_key");
  all = answers();
  all.by_name = error(430);
  say("ok janus_version, ok janus_secret, ok janus_admin_key, error janus_string_ids", all,
      "string_ids = true");
  all.by_name = error(-1);
  say("ok janus_version, ok janus_secret, ok janus_admin_key, error janus_string_ids", all);
}

TEST(janus_is_asked_without_a_room_being_made) {
  JanusServer janus;
  int creates = 0;
  janus.videoroom = [&](const std::string& request) {
    if (request == "exists") return std::string(R"({"videoroom":"success","exists":false})");
    const int code = ++creates == 1 ? 430 : 429;
    return R"({"videoroom":"event","error_code":)" + std::to_string(code) + '}';
  };
  base::Findings findings;
  check_answers(findings, provider::janus::ask(janus.configuration()));
  came_out("ok janus_version, ok janus_secret, ok janus_admin_key, ok janus_string_ids", findings);
  same(kJanusKey, janus.body_of("create")["admin_key"].asString());
  same("create attach message message message destroy", janus.asked());
}

}  // namespace janus_proof_test
