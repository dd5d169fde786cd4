#include "roomkey/handlers/video_call.hpp"

#include "roomkey/base/form.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/store/appointments.hpp"

namespace roomkey::handlers {

namespace {

using base::Code;
using base::Error;

// What a body asks for. Members that are not known are let pass: frontends send more.
struct Wanted {
  std::optional<std::string> user_id;
  std::optional<std::string> call_id;
  std::string call_type = "default";
};

Error call_id_required() { return {Code::bad_request, "Call ID required"}; }

// Frontends have the user's id as a number as often as a text.
void name_as_text(Json::Value& user_id) {
  const auto number = base::integer(user_id);
  if (number && *number > 0) user_id = std::to_string(*number);
}

base::Result<Wanted> read_body(const std::string& body, const provider::Calls& calls) {
  auto parsed = base::parse_json_object(body);
  if (!parsed) return Error{Code::bad_request, "The body is " + parsed.error().detail};
  if (parsed->isMember("userId")) {
    name_as_text((*parsed)["userId"]);
    if (!(*parsed)["userId"].isString()) {
      return Error{Code::bad_request, "userId must be a string, or a user's id as a whole number"};
    }
  }
  for (const char* const name : {"callId", "callType"}) {
    if (parsed->isMember(name) && !(*parsed)[name].isString()) {
      return Error{Code::bad_request, std::string(name) + " must be a string"};
    }
  }
  if (base::string_member(*parsed, "callId") == "") return call_id_required();
  Wanted wanted{base::string_member(*parsed, "userId"), base::string_member(*parsed, "callId")};
  if (parsed->isMember("callType")) wanted.call_type = (*parsed)["callType"].asString();
  if (!calls.is_call_type(wanted.call_type)) {
    return Error{Code::bad_request, "callType must be 1 to 64 of A-Z a-z 0-9 _ -"};
  }
  return wanted;
}

// The right to the call, where one is named.
base::Result<std::optional<access::Grant>> grant_for(const Wanted& wanted, http::Call& call,
                                                     store::Database& database,
                                                     const access::Policy& policy,
                                                     const provider::Calls& calls) {
  if (wanted.user_id && !calls.is_own_name(*wanted.user_id, call.caller())) {
    return Error{Code::permission_denied};
  }
  if (!wanted.call_id) return std::optional<access::Grant>();
  const auto appointment = store::find_appointment_by_room(database, *wanted.call_id);
  if (!appointment) return Error{Code::appointment_not_found};
  call.id = appointment->id;
  auto grant = access::decide(*appointment, call.caller(), call.now, policy);
  if (!grant) return grant.error();
  return std::optional(std::move(*grant));
}

// The same for the routes that give no token: they want a call that can be.
base::Result<std::monostate> check_call(const Wanted& wanted, http::Call& call,
                                        store::Database& database, const access::Policy& policy,
                                        const provider::Calls& calls) {
  if (wanted.call_id.value_or("").empty()) return call_id_required();
  auto grant = grant_for(wanted, call, database, policy, calls);
  if (!grant) return grant.error();
  return calls.can_call(**grant);
}

}  // namespace

base::Result<http::Response> call_token(http::Call& call, store::Database& database,
                                        const access::Policy& policy,
                                        const provider::Calls& calls) {
  const auto wanted = read_body(call.body, calls);
  if (!wanted) return wanted.error();
  const auto grant = grant_for(*wanted, call, database, policy, calls);
  if (!grant) return grant.error();
  const auto credential = *grant ? calls.mint_for_call(**grant, wanted->call_type, call.now)
                                 : calls.mint_for_user(call.caller().id, call.now);
  if (!credential) return credential.error();

  store::AuditEvent event = event_of(call, calls.routes().token, store::Outcome::granted);
  event.expires_at = credential->expires_at;
  store::append_audit(database, event);
  call.provider = calls.name();

  base::JsonObject body;
  body.add("token", credential->token)
      .add("userId", credential->identity)
      .add("expires_in", (credential->expires_at - credential->issued_at).count())
      .add("expires_at", base::format_utc(credential->expires_at));
  return http::Response{200, body.text()};
}

base::Result<http::Response> video_call(http::Call& call, store::Database& database,
                                        const access::Policy& policy,
                                        const provider::Calls& calls) {
  const auto wanted = read_body(call.body, calls);
  if (!wanted) return wanted.error();
  const auto checked = check_call(*wanted, call, database, policy, calls);
  if (!checked) return checked.error();

  const std::string user_id = calls.user_id(call.caller().id);
  base::JsonObject user;
  user.add("id", user_id).add("name", call.caller().name).add_raw("image", "null");
  base::JsonObject body;
  body.add("success", true)
      .add("apiKey", calls.api_key())
      .add("userId", user_id)
      .add("callId", *wanted->call_id)
      .add("callType", wanted->call_type)
      .add_raw("user", user.text());
  return http::Response{200, body.text()};
}

base::Result<http::Response> call_key(http::Call& call, store::Database& database,
                                      const access::Policy& policy, const provider::Calls& calls) {
  auto call_id = base::query_value(call.request.query, "callId");
  if (!call_id) return call_id.error();
  const Wanted wanted{std::nullopt, std::move(*call_id)};
  const auto checked = check_call(wanted, call, database, policy, calls);
  if (!checked) return checked.error();

  base::JsonObject body;
  body.add("success", true).add("callId", *wanted.call_id).add("apiKey", calls.api_key());
  return http::Response{200, body.text()};
}

}  // namespace roomkey::handlers
