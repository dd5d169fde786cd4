#include "roomkey/handlers/video_call.hpp"

#include <span>

#include "handlers/door.hpp"
#include "roomkey/base/form.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/base/text.hpp"
#include "roomkey/handlers/serve.hpp"
#include "roomkey/store/appointments.hpp"

namespace roomkey::handlers {

namespace {

using base::Code;
using base::Error;

Error call_id_required() { return {Code::bad_request, "Call ID required"}; }

// Frontends have the user's id as a number as often as a text.
void name_as_text(Json::Value& user_id) {
  const auto number = base::integer(user_id);
  if (number && *number > 0) user_id = std::to_string(*number);
}

// The pseudonym that the caller says is his. Whose it is shows with the call that it is for.
std::optional<std::string> said_pseudonym(const WantedCall& wanted, const access::Policy& policy) {
  const bool is_said =
      wanted.user_id && policy.identities.are_pseudonyms() && access::is_pseudonym(*wanted.user_id);
  return is_said ? wanted.user_id : std::nullopt;
}

// That the caller asks for nobody else, as far as can be seen without a call.
base::Result<std::monostate> check_name(const WantedCall& wanted, const http::Call& call,
                                        const access::Policy& policy,
                                        const provider::Calls& calls) {
  if (!wanted.user_id || said_pseudonym(wanted, policy)) return std::monostate{};
  if (!calls.is_own_name(*wanted.user_id, call.caller())) return Error{Code::permission_denied};
  return std::monostate{};
}

// Nobody tells of who is in a call.
constexpr bool kTold = false;

// The right to the call that is named.
base::Result<access::Grant> grant_for(const WantedCall& wanted, http::Call& call,
                                      store::Database& database, const access::Policy& policy) {
  auto appointment = store::find_appointment_by_room(database, *wanted.call_id);
  if (!appointment) return Error{Code::appointment_not_found};
  call.id = appointment->id;
  auto grant = decide_at_door(call, database, *appointment, policy, kTold);
  const auto said = said_pseudonym(wanted, policy);
  if (grant && said && *said != grant->identity) return Error{Code::permission_denied};
  return grant;
}

// What is given to the caller, and for what.
struct Given {
  provider::Credential credential;
  std::vector<access::Grant> grants = {};
};

base::Result<Given> opening(base::Result<provider::Credential> credential,
                            std::span<const access::Grant> grants) {
  if (!credential) return credential.error();
  return Given{std::move(*credential), {grants.begin(), grants.end()}};
}

// The calls that the caller may join now: one where he has another name in each. Rooms whose names
// are no call ids are left out; that the provider is not configured, mint_for_calls() says. Where
// all that there is to do is to wait at the nearest door, that is the answer.
base::Result<std::vector<access::Grant>> joinable_calls(const WantedCall& wanted, http::Call& call,
                                                        store::Database& database,
                                                        const access::Policy& policy,
                                                        const provider::Calls& calls) {
  const std::size_t most = policy.identities.are_pseudonyms() ? 1 : 20;
  const auto said = said_pseudonym(wanted, policy);
  std::vector<access::Grant> grants;
  std::optional<Error> waiting;
  std::int64_t waits_for = 0;
  const auto look_at = [&](access::Appointment appointment) {
    auto grant = decide_at_door(call, database, appointment, policy, kTold);
    if (!grant && grant.error().code == Code::waiting && !waiting) {
      waiting = grant.error();
      waits_for = appointment.id;
    }
    if (!grant || (said && *said != grant->identity)) return true;
    const auto fit = calls.can_call(*grant);
    const bool is_call = fit || fit.error().code != Code::token_failed;
    if (is_call) grants.push_back(std::move(*grant));
    return grants.size() < most;
  };
  store::each_open_appointment(database, call.caller().id, call.now,
                               access::joinable_starts(call.now, policy), look_at);
  if (grants.empty() && waiting) {
    call.id = waits_for;
    return std::move(*waiting);
  }
  if (grants.empty()) return Error{said ? Code::permission_denied : Code::no_open_appointment};
  return grants;
}

base::Result<Given> give_without_call(const WantedCall& wanted, http::Call& call,
                                      store::Database& database, const access::Policy& policy,
                                      const provider::Calls& calls) {
  // Such a token names one and the same person in every call.
  if (calls.gives_unbound() && !policy.identities.are_pseudonyms()) {
    const auto decided = access::decide_unbound(call.caller());
    if (!decided) return decided.error();
    return opening(calls.mint_for_user(call.caller().id, call.now), {});
  }
  const auto grants = joinable_calls(wanted, call, database, policy, calls);
  if (!grants) return grants.error();
  return opening(calls.mint_for_calls(*grants, wanted.call_type, call.now), *grants);
}

base::Result<Given> give(const WantedCall& wanted, http::Call& call, store::Database& database,
                         const access::Policy& policy, const provider::Calls& calls) {
  if (const auto own = check_name(wanted, call, policy, calls); !own) return own.error();
  if (!wanted.call_id) return give_without_call(wanted, call, database, policy, calls);
  const auto grant = grant_for(wanted, call, database, policy);
  if (!grant) return grant.error();
  return opening(calls.mint_for_call(*grant, wanted.call_type, call.now), {&*grant, 1});
}

// One event for each appointment, or one without.
void note_given(const http::Call& call, store::Database& database, const access::Policy& policy,
                std::string_view action, const Given& all) {
  store::AuditEvent event = event_of(call, action, store::Outcome::granted);
  event.expires_at = all.credential.expires_at;
  if (all.grants.empty()) store::append_audit(database, event);
  for (const access::Grant& grant : all.grants) {
    event.appointment_id = grant.appointment_id;
    store::append_audit(database, event);
    note_entry(database, grant, visitor_name(call.caller().id), policy, call.now);
  }
}

// The same for the routes that give no token: they want a call that can be.
base::Result<access::Grant> check_call(const WantedCall& wanted, http::Call& call,
                                       store::Database& database, const access::Policy& policy,
                                       const provider::Calls& calls) {
  if (wanted.call_id.value_or("").empty()) return call_id_required();
  if (const auto own = check_name(wanted, call, policy, calls); !own) return own.error();
  auto grant = grant_for(wanted, call, database, policy);
  if (!grant) return grant.error();
  if (const auto can = calls.can_call(*grant); !can) return can.error();
  return grant;
}

}  // namespace

base::Result<WantedCall> read_wanted_call(const std::string& body, const provider::Calls& calls) {
  auto parsed = base::parse_json_object(body, base::kFewParts);
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
  WantedCall wanted{base::string_member(*parsed, "userId"), base::string_member(*parsed, "callId")};
  if (parsed->isMember("callType")) wanted.call_type = (*parsed)["callType"].asString();
  if (!calls.is_call_type(wanted.call_type)) {
    return Error{Code::bad_request, "callType must be 1 to 64 of A-Z a-z 0-9 _ -"};
  }
  return wanted;
}

base::Result<http::Response> call_token(http::Call& call, const base::Result<WantedCall>& wanted,
                                        store::Database& database, const access::Policy& policy,
                                        const provider::Calls& calls) {
  if (!wanted) return wanted.error();
  const auto all = give(*wanted, call, database, policy, calls);
  if (!all) return all.error();
  note_given(call, database, policy, calls.routes().token, *all);
  call.provider = calls.name();

  const provider::Credential& credential = all->credential;
  base::JsonObject body;
  body.add("token", credential.token)
      .add("userId", credential.identity)
      .add("expires_in", (credential.expires_at - credential.issued_at).count())
      .add("expires_at", base::format_utc(credential.expires_at));
  return http::Response{200, body.text()};
}

base::Result<http::Response> video_call(http::Call& call, const base::Result<WantedCall>& wanted,
                                        store::Database& database, const access::Policy& policy,
                                        const provider::Calls& calls) {
  if (!wanted) return wanted.error();
  const auto grant = check_call(*wanted, call, database, policy, calls);
  if (!grant) return grant.error();

  const std::string user_id = calls.user_id(*grant);
  base::JsonObject user;
  user.add("id", user_id).add("name", grant->name_or_identity()).add_raw("image", "null");
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
  const WantedCall wanted{std::nullopt, std::move(*call_id)};
  const auto checked = check_call(wanted, call, database, policy, calls);
  if (!checked) return checked.error();

  base::JsonObject body;
  body.add("success", true).add("callId", *wanted.call_id).add("apiKey", calls.api_key());
  return http::Response{200, body.text()};
}

}  // namespace roomkey::handlers
