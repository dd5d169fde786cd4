#include "provider/janus/api.hpp"

#include "provider/janus/token.hpp"
#include "roomkey/base/clock.hpp"
#include "roomkey/base/json.hpp"
#include "roomkey/crypto/digest.hpp"

namespace roomkey::provider::janus {

namespace {

constexpr std::chrono::seconds kTokenLife{60};

Https::Settings https_settings(std::chrono::milliseconds connect_deadline) {
  Https::Settings settings;
  settings.connect_deadline = connect_deadline;
  settings.headers.emplace_back("Content-Type: application/json");
  return settings;
}

Api::Reply no_answer_of_its(Api::Reply reply, std::string why) {
  reply.error = -1;
  reply.why = std::move(why);
  return reply;
}

}  // namespace

Api::Api(const Configuration& configuration, Deadlines deadlines)
    : url_(configuration.api_url),
      secret_(configuration.token_secret.reveal()),
      deadline_(deadlines.all),
      https_(https_settings(deadlines.connect)) {}

// Janus says with status 200 that it refuses.
Api::Reply Api::read(const base::Result<Https::Answer>& answer) const {
  Reply reply;
  if (!answer) {
    reply.failure = https_.failure();
    reply.why = answer.error().detail;
    return reply;
  }
  reply.status = answer->status;
  auto object = base::parse_json_object(answer->body);
  if (!object) {
    return no_answer_of_its(
        reply, "HTTP " + std::to_string(answer->status) + ", and the answer is no JSON");
  }
  reply.object = std::move(*object);
  const auto word = base::string_member(reply.object, "janus");
  if (!word) return no_answer_of_its(reply, "the answer is not Janus's");
  reply.error = 0;
  if (*word != "error") return reply;
  const Json::Value& error = reply.object["error"];
  const auto code = base::integer(error.isObject() ? error["code"] : error);
  if (!code || *code < 1) return no_answer_of_its(reply, "the answer is wrong: error");
  reply.error = *code;
  reply.why = "error " + std::to_string(*code);
  return reply;
}

Api::Reply Api::info() {
  return read(https_.get(url_ + "/info", std::chrono::steady_clock::now() + deadline_));
}

Api::Visit::Visit(Api& api)
    : api_(api), deadline_(std::chrono::steady_clock::now() + api.deadline_) {}

// Where that fails Janus ends it by itself, after a minute.
Api::Visit::~Visit() {
  if (!session_.empty()) static_cast<void>(send(session_, "destroy", ""));
}

Api::Reply Api::Visit::send(const std::string& path, const std::string& word,
                            const std::string& more) {
  const std::string transaction = crypto::random_hex(8);
  const auto lapses = base::SystemClock().now() + kTokenLife;
  base::JsonObject object;
  object.add("janus", word)
      .add("transaction", transaction)
      .add("token", core_token(api_.secret_.reveal(), lapses));
  std::string body = object.text();
  body.pop_back();
  body.append(more).append("}");
  Reply reply = api_.read(api_.https_.post(api_.url_ + path, body, deadline_));
  crypto::wipe(body);
  if (reply.error < 0) return reply;
  if (base::string_member(reply.object, "transaction") != transaction) {
    return no_answer_of_its(std::move(reply), "the answer is wrong: transaction");
  }
  if (reply.error == 0 && base::string_member(reply.object, "janus") != "success") {
    return no_answer_of_its(std::move(reply), "the answer is wrong: janus");
  }
  return reply;
}

Api::Reply Api::Visit::begin(const std::string& path, const std::string& word,
                             const std::string& more, std::string& place) {
  Reply reply = send(path, word, more);
  if (reply.error != 0) return reply;
  const Json::Value& data = reply.object["data"];
  const auto id = data.isObject() ? base::integer(data["id"]) : std::nullopt;
  if (!id || *id < 1) return no_answer_of_its(std::move(reply), "the answer is wrong: id");
  place = path + '/' + std::to_string(*id);
  return reply;
}

Api::Reply Api::Visit::open() {
  Reply reply;
  if (session_.empty()) reply = begin("", "create", "", session_);
  if (session_.empty() || !handle_.empty()) return reply;
  return begin(session_, "attach", R"(,"plugin":")" + std::string(kPlugin) + '"', handle_);
}

Api::Reply Api::Visit::ask(std::string body) {
  Reply reply;
  if (handle_.empty()) reply = open();
  if (!handle_.empty()) reply = send(handle_, "message", ",\"body\":" + body);
  crypto::wipe(body);
  if (reply.error != 0) return reply;
  const Json::Value& data = reply.object["plugindata"];
  const Json::Value said = data.isObject() ? data["data"] : data;
  if (!said.isObject() || base::string_member(data, "plugin") != kPlugin) {
    return no_answer_of_its(std::move(reply), "the answer is wrong: plugindata");
  }
  reply.object = said;
  if (!said.isMember("error_code")) return reply;
  const auto code = base::integer(said["error_code"]);
  if (!code || *code < 1) return no_answer_of_its(std::move(reply), "the answer is wrong: error");
  reply.error = *code;
  reply.why = "error " + std::to_string(*code) + " of the VideoRoom";
  return reply;
}

}  // namespace roomkey::provider::janus
