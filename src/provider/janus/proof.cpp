#include "provider/janus/proof.hpp"

#include "provider/janus/token.hpp"
#include "provider/reach.hpp"
#include "roomkey/base/json.hpp"

namespace roomkey::provider::janus {

namespace {

constexpr std::int64_t kOldest = 1000;  // 1.0.0, since when streams have names of their own
constexpr const char* kRestart = " Then restart Janus (its rooms are made anew by roomkey).";

std::string room_request(std::string_view admin_key) {
  base::JsonObject body;
  body.add("request", "create").add("is_private", true).add("audiocodec", "roomkey-check");
  if (!admin_key.empty()) body.add("admin_key", admin_key);
  return body.text();
}

// False, and said, where whoever answers there is not Janus.
bool is_janus(base::Findings& findings, const Answers& answers) {
  const Api::Reply& info = answers.info;
  if (info.status == 0) {
    findings.error("network", "Janus can't be reached at " + answers.host + ": " + info.why + '.',
                   "See that Janus runs (systemctl status janus), that its HTTP transport is on "
                   "(janus.transport.http.jcfg), and where: JANUS_API_URL must name its port and "
                   "base_path.");
    return false;
  }
  if (info.error == 0 && base::string_member(info.object, "janus") == "server_info") return true;
  findings.error("network",
                 answers.host + " answers with HTTP " + std::to_string(info.status) +
                     " and not as Janus does.",
                 "Something else answers there: JANUS_API_URL must name Janus's own port and "
                 "base_path, such as http://127.0.0.1:8088/janus.");
  return false;
}

void check_server(base::Findings& findings, const Json::Value& info) {
  const auto version = base::integer(info["version"]);
  const std::string name = base::string_member(info, "version_string").value_or("?");
  if (!version || *version < kOldest) {
    findings.error("janus_version", "Janus is of version " + name + ", and 1.0.0 is needed.",
                   "Debian 12 has 1.1.2: apt install janus.");
  } else {
    findings.ok("janus_version", "Janus " + name + " answers");
  }
  const Json::Value& plugins = info["plugins"];
  if (!plugins.isObject() || !plugins.isMember(std::string(kPlugin))) {
    findings.error(
        "janus_videoroom", "Janus has no VideoRoom plugin.",
        "Take libjanus_videoroom.so out of `disable` in janus.jcfg." + std::string(kRestart));
  }
  if (info["auth_token"] == false) {
    findings.error("janus_token_auth",
                   "Janus asks nobody for a token (token_auth is off): whoever reaches it may "
                   "enter.",
                   "Set token_auth = true and token_auth_secret in janus.jcfg (docs/janus.md)." +
                       std::string(kRestart));
  }
}

// True where Janus takes our tokens.
bool check_session(base::Findings& findings, const Answers& answers) {
  const Api::Reply& session = answers.session;
  if (session.error == 0) {
    if (answers.info.object["auth_token"] != false) {
      findings.ok("janus_secret", "Janus accepts a token made with JANUS_TOKEN_SECRET");
    }
    return true;
  }
  if (session.error == 403) {
    findings.error("janus_secret",
                   "Janus refuses a token made with JANUS_TOKEN_SECRET (403): that is not its "
                   "token_auth_secret, or the two clocks differ by over a minute.",
                   "Compare it with token_auth_secret in janus.jcfg, and restart Janus where that "
                   "was changed; timedatectl must say System clock synchronized: yes.");
  } else {
    findings.error("janus_secret", "Janus gives no session: " + session.why + '.',
                   "See Janus's log: journalctl -u janus.");
  }
  return false;
}

void check_key(base::Findings& findings, const Answers& answers) {
  const std::int64_t with_key = answers.with_key.error;
  if (with_key == kUnauthorized) {
    findings.error("janus_admin_key", "JANUS_ADMIN_KEY is not the admin_key of Janus's VideoRoom.",
                   "Compare it with admin_key in janus.plugin.videoroom.jcfg, and restart Janus "
                   "where that was changed.");
  } else if (with_key != kInvalidElement) {
    findings.error(
        "janus_admin_key",
        "Whether Janus takes JANUS_ADMIN_KEY was not proven: " + answers.with_key.why + '.',
        "See Janus's log: journalctl -u janus.");
  } else if (answers.without.error == kMissingElement) {
    findings.ok("janus_admin_key",
                "Janus makes rooms for who has JANUS_ADMIN_KEY, and for them "
                "alone");
  } else {
    findings.error(
        "janus_admin_key",
        "Janus's VideoRoom has no admin_key: everybody with a token may make rooms.",
        "Set admin_key in janus.plugin.videoroom.jcfg to JANUS_ADMIN_KEY." + std::string(kRestart));
  }
}

void check_names(base::Findings& findings, const Answers& answers) {
  if (answers.by_name.error == kInvalidElement) {
    findings.error("janus_string_ids",
                   "Janus's rooms have numbers for names (string_ids is off), and roomkey's have "
                   "texts.",
                   "Set string_ids = true in janus.plugin.videoroom.jcfg." + std::string(kRestart));
  } else if (answers.by_name.error == 0) {
    findings.ok("janus_string_ids", "Janus's rooms have texts for names, as roomkey's do");
  } else {
    findings.error("janus_string_ids",
                   "Whether Janus takes the names of roomkey's rooms was not proven: " +
                       answers.by_name.why + '.',
                   "See Janus's log: journalctl -u janus.");
  }
}

}  // namespace

Answers ask(const Configuration& configuration) {
  Api api(configuration);
  Answers answers{host_of(configuration.api_url), api.info()};
  if (answers.info.error != 0) return answers;
  Api::Visit visit(api);
  answers.session = visit.open();
  if (answers.session.error != 0) return answers;
  answers.with_key = visit.ask(room_request(configuration.admin_key.reveal()));
  answers.without = visit.ask(room_request(""));
  answers.by_name = visit.ask(R"({"request":"exists","room":"roomkey-check"})");
  return answers;
}

void check_answers(base::Findings& findings, const Answers& answers) {
  if (!is_janus(findings, answers)) return;
  check_server(findings, answers.info.object);
  if (!check_session(findings, answers)) return;
  check_key(findings, answers);
  check_names(findings, answers);
}

}  // namespace roomkey::provider::janus
