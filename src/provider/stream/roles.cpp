#include "provider/stream/roles.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "provider/reach.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/counted.hpp"
#include "roomkey/crypto/jws.hpp"

namespace roomkey::provider::stream {

namespace {

constexpr const char* kRoles = "stream_roles";

constexpr const char* kAgain = "Try again in a minute.";

constexpr const char* kWhere =
    "In Stream's dashboard, under Video & Audio, Roles & Permissions, for each call type that is "
    "used: ";

// For whoever administers the app, so it lives no longer than the question takes.
crypto::Secret server_token(const TokenSettings& settings) {
  const auto now = base::unix_seconds(base::SystemClock().now());
  const auto key =
      crypto::Key::from_secret(settings.api_secret.reveal(), crypto::Algorithm::hs256).value();
  const std::string claims =
      base::JsonObject().add("server", true).add("iat", now - 5).add("exp", now + 60).text();
  return crypto::Secret("Authorization: " +
                        crypto::sign_jws(R"({"alg":"HS256","typ":"JWT"})", claims, key));
}

// "join-call", as Stream's dashboard has it: "JoinCall".
constexpr std::array kJoins{"join-call", "update-call-member"};

bool permits(const Json::Value& grants, const char* role) {
  const Json::Value& list = grants[role];
  return list.isArray() && std::any_of(list.begin(), list.end(), [](const Json::Value& one) {
           return one.isString() &&
                  std::find(kJoins.begin(), kJoins.end(), one.asString()) != kJoins.end();
         });
}

// The call types in which one of the roles lets in whom it should not.
class CallTypes {
 public:
  explicit CallTypes(const Json::Value& types) : types_(types) {}

  [[nodiscard]] bool readable() const {
    return types_.isObject() && !types_.empty() &&
           std::all_of(types_.begin(), types_.end(), [](const Json::Value& type) {
             return type.isObject() && type["grants"].isObject();
           });
  }
  [[nodiscard]] std::int64_t count() const { return types_.size(); }

  // "default, livestream"; empty where there is none.
  template <typename Test>
  [[nodiscard]] std::string where(Test test) const {
    std::string list;
    for (auto type = types_.begin(); type != types_.end(); ++type) {
      if (!is_call_id(type.name()) || !test((*type)["grants"])) continue;
      list += (list.empty() ? "" : ", ") + type.name();
    }
    return list;
  }

 private:
  const Json::Value& types_;
};

void say_roles(base::Findings& findings, const CallTypes& types) {
  const auto strangers = types.where([](const Json::Value& grants) {
    return permits(grants, "guest") || permits(grants, "anonymous");
  });
  const auto users = types.where([](const Json::Value& grants) { return permits(grants, "user"); });
  const auto nobody = types.where([](const Json::Value& grants) {
    return !permits(grants, "user") && !permits(grants, "call_member");
  });
  if (!strangers.empty()) {
    findings.error("stream_guests",
                   "At Stream the roles guest or anonymous may join calls of type " + strangers +
                       ": anybody can, with the API key that every browser is given and no token "
                       "of roomkey's.",
                   kWhere + std::string("take JoinCall and UpdateCallMember from guest and "
                                        "anonymous."));
  }
  if (!users.empty()) {
    findings.warn(kRoles,
                  "At Stream the role user, which is everybody's, may join every call of type " +
                      users +
                      ": a token for other calls opens these as well, to whoever knows "
                      "their names.",
                  kWhere + std::string("take JoinCall and UpdateCallMember from user, and give "
                                       "call_member JoinCall. Then try it: with a third person's "
                                       "token, Stream must refuse the call of two others."));
  }
  if (!nobody.empty()) {
    findings.warn("stream_members",
                  "At Stream not even the members of a call may join those of type " + nobody + '.',
                  kWhere + std::string("give call_member JoinCall, or delete the type."));
  }
  if (users.empty() && strangers.empty()) {
    findings.ok(kRoles, "At Stream nobody but its members joins a call (" +
                            base::counted(types.count(), "call type") +
                            "): a token opens the calls that it names");
  }
}

void unproven(base::Findings& findings, const std::string& why, const std::string& cure) {
  findings.warn(kRoles, "Who may join which calls at Stream was not proven: " + why + '.',
                cure + " Until then count on it that every token opens every call.");
}

}  // namespace

RolesAnswer ask_roles(const TokenSettings& settings) {
  constexpr std::chrono::seconds kDeadline{5}, kConnect{2};
  std::vector<crypto::Secret> headers;
  headers.push_back(server_token(settings));
  headers.emplace_back("stream-auth-type: jwt");
  Https https({"", crypto::Secret(), kConnect, "", "", std::move(headers)});
  RolesAnswer result{host_of(settings.api_url)};
  const auto answer =
      https.get(settings.api_url + "/api/v2/video/calltypes?api_key=" + settings.api_key,
                std::chrono::steady_clock::now() + kDeadline);
  if (!answer) {
    result.failure = https.failure();
    result.why = answer.error().detail;
    return result;
  }
  result.status = answer->status;
  if (auto body = base::parse_json_object(answer->body)) result.body = std::move(*body);
  return result;
}

void check_roles(base::Findings& findings, const RolesAnswer& answer) {
  const std::string http = answer.host + " answers with HTTP " + std::to_string(answer.status);
  if (answer.status == 0) {
    return unproven(findings, answer.host + " can't be reached: " + answer.why,
                    network_cure(answer.failure, answer.host));
  }
  if (answer.body && (answer.status == 401 || answer.status == 403)) {
    return findings.error(
        "stream_secret",
        "Stream refuses STREAM_API_KEY with STREAM_API_SECRET (HTTP " +
            std::to_string(answer.status) + "): no token of roomkey's opens anything there.",
        "Copy key and secret of one and the same app from Stream's dashboard, see that "
        "timedatectl says System clock synchronized: yes, and restart the workers.");
  }
  if (answer.status != 200 || !answer.body) return unproven(findings, http, kAgain);
  findings.ok("stream_secret", "Stream accepts STREAM_API_KEY with STREAM_API_SECRET");
  const CallTypes types((*answer.body)["call_types"]);
  if (!types.readable())
    return unproven(findings, answer.host + " tells nothing of its roles", kAgain);
  say_roles(findings, types);
}

}  // namespace roomkey::provider::stream
