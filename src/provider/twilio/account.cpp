#include "provider/twilio/account.hpp"

#include "provider/twilio/fields.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"

namespace roomkey::provider::twilio {

namespace {

// The account that an answer is about: its own member, that of its first room, or the SID of the
// account itself.
std::string account_of(const Json::Value& object) {
  const Json::Value& rooms = object["rooms"];
  const Json::Value& about = rooms.isArray() && !rooms.empty() ? rooms[0] : object;
  if (!about.isObject()) return {};
  const auto named = base::string_member(about, "account_sid");
  const auto own = base::string_member(about, "sid").value_or("");
  const std::string sid = named ? *named : own;
  return is_sid(sid, "AC") ? sid : std::string();
}

void read_object(const Json::Value& object, Reply& reply) {
  reply.json = true;
  reply.error = base::integer(object["code"]).value_or(0);
  if (!reply.good()) return;
  reply.account_sid = account_of(object);
  reply.account_status = base::string_member(object, "status").value_or("");
}

Https::Settings settings_for(const RestSettings& settings, const std::string& user,
                             std::string_view password) {
  return {user, crypto::Secret(password), settings.connect_deadline, settings.ca_file};
}

}  // namespace

Account::Account(RestSettings settings, const crypto::Secret& auth_token)
    : settings_(std::move(settings)),
      by_key_(settings_for(settings_, settings_.api_key, settings_.api_secret.reveal())),
      by_token_(settings_for(settings_, settings_.account_sid, auth_token.reveal())) {
  settings_.api_secret = {};
}

Reply Account::ask(Https& https, const std::string& url) const {
  Reply reply;
  const auto answer = https.get(url, std::chrono::steady_clock::now() + settings_.deadline);
  if (!answer) {
    reply.failure = https.failure();
    reply.why = answer.error().detail;
    return reply;
  }
  reply.status = answer->status;
  if (answer->date) reply.clock_ahead = base::SystemClock().now() - *answer->date;
  const auto object = base::parse_json_object(answer->body);
  if (object) read_object(*object, reply);
  return reply;
}

Reply Account::rooms() { return ask(by_key_, settings_.video_url + "/v1/Rooms?PageSize=1"); }

Reply Account::account(As who) {
  return ask(who == As::api_key ? by_key_ : by_token_,
             settings_.api_url + "/2010-04-01/Accounts/" + settings_.account_sid + ".json");
}

Reply Account::key(As who) {
  return ask(who == As::api_key ? by_key_ : by_token_, settings_.api_url + "/2010-04-01/Accounts/" +
                                                           settings_.account_sid + "/Keys/" +
                                                           settings_.api_key + ".json");
}

}  // namespace roomkey::provider::twilio
