#include "provider/twilio/account.hpp"

#include "support/stand_in.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey;
using namespace roomkey::test;
using namespace std::chrono_literals;
using provider::twilio::Account;
using As = Account::As;

const std::string kAccount = StandIn::kAccount;

struct Scene {
  const StandIn& twilio = stand_in();
  Account account{twilio.settings(), crypto::Secret(StandIn::kAuthToken)};
};

// "200 0": status and Twilio's own error.
std::string short_of(const provider::twilio::Reply& reply) {
  return std::to_string(reply.status) + ' ' + std::to_string(reply.error);
}

TEST(a_main_key_is_answered_everywhere) {
  Scene scene;
  const auto account = scene.account.account(As::api_key);
  expect(account.good());
  same(kAccount + " active", account.account_sid + ' ' + account.account_status);
  expect(scene.account.key(As::api_key).good() && scene.account.key(As::auth_token).good());
  const auto rooms = scene.account.rooms();
  expect(rooms.good());
  same("", rooms.account_sid);
  same(1, scene.twilio.seen()["requests"][3]["query"]["PageSize"].asString().size());
}

TEST(a_room_names_its_account) {
  Scene scene;
  provider::twilio::Rest rest(scene.twilio.settings());
  static_cast<void>(accepted(rest.create_room("a")));
  same(kAccount, scene.account.rooms().account_sid);
  scene.twilio.fault("lying", R"(,"changes":{"account_sid":"ACffffffffffffffffffffffffffffffff"})");
  same("ACffffffffffffffffffffffffffffffff", scene.account.rooms().account_sid);
}

TEST(a_standard_key_is_refused_and_the_auth_token_not) {
  Scene scene;
  scene.twilio.control(R"({"key":"standard"})");
  expect(scene.account.rooms().good());
  same("401 20003", short_of(scene.account.account(As::api_key)));
  expect(scene.account.key(As::api_key).refused());
  expect(scene.account.account(As::auth_token).good() && scene.account.key(As::auth_token).good());
}

TEST(a_revoked_key_is_refused_and_not_there) {
  Scene scene;
  scene.twilio.control(R"({"key":"revoked"})");
  same("401 20003", short_of(scene.account.rooms()));
  same("404 20404", short_of(scene.account.key(As::auth_token)));
  expect(scene.account.key(As::auth_token).not_there());
}

TEST(another_account_is_not_there) {
  Scene scene;
  scene.twilio.control(R"({"account":"ACffffffffffffffffffffffffffffffff"})");
  expect(scene.account.rooms().good());
  expect(scene.account.account(As::api_key).not_there());
  expect(scene.account.key(As::api_key).not_there());
  expect(scene.account.account(As::auth_token).refused());
}

TEST(the_clock_is_compared_with_the_answers_date) {
  Scene scene;
  const auto near = [](std::optional<std::chrono::seconds> ahead, std::chrono::seconds wanted) {
    return ahead && *ahead >= wanted - 1s && *ahead < wanted + 20s;
  };
  expect(near(scene.account.rooms().clock_ahead, 0s));
  scene.twilio.control(R"({"clock":-600})");
  expect(near(scene.account.rooms().clock_ahead, 600s));
  scene.twilio.control(R"({"clock":600})");
  expect(near(scene.account.account(As::api_key).clock_ahead, -600s));
}

TEST(no_answer_says_why) {
  Scene scene;
  scene.twilio.fault("away");
  const auto reply = scene.account.rooms();
  same(0, reply.status);
  expect(reply.failure == provider::Https::Failure::connection);
  expect(contains(reply.why, "connect"), reply.why);
  expect(!reply.good() && !reply.refused() && !reply.not_there() && !reply.clock_ahead);
}

TEST(an_answer_that_is_not_json_is_none_of_twilios) {
  Scene scene;
  for (const auto* const body : {"<html>", "[]", "", "{\\\"sid\\\":1"}) {
    scene.twilio.fault("raw", std::string(R"(,"body":")") + body + '"');
    const auto reply = scene.account.account(As::api_key);
    expect(reply.status == 200 && !reply.json && !reply.good(), body);
  }
  scene.twilio.fault("raw", R"(,"status":404,"body":"<html>")");
  expect(!scene.account.key(As::api_key).not_there());
}

TEST(a_field_of_another_type_is_not_there) {
  Scene scene;
  for (const auto* const body :
       {R"({\"sid\":5,\"status\":[]})", R"({\"account_sid\":\"AC1\"})", R"({\"rooms\":[5]})"}) {
    scene.twilio.fault("raw", std::string(R"(,"body":")") + body + '"');
    const auto reply = scene.account.account(As::api_key);
    expect(reply.good(), body);
    same("", reply.account_sid + reply.account_status, body);
  }
}

}  // namespace
