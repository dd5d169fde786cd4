#include "provider/twilio/proof.hpp"

#include "cli/check/checked.hpp"

namespace proof_test {

using namespace roomkey;
using namespace roomkey::test;
using namespace std::chrono_literals;
using base::Findings;
using provider::twilio::Answers;
using provider::twilio::Reply;
using Failure = provider::Https::Failure;

const std::string kAccount = "AC0123456789abcdef0123456789abcdef";
const std::string kOther = "ACfedcba9876543210fedcba9876543210";

Reply reply(int status, std::int64_t error = 0) {
  Reply one;
  one.status = status;
  one.json = true;
  one.error = error;
  one.clock_ahead = 0s;
  return one;
}
const Reply kRefused = reply(401, 20003);
const Reply kNotThere = reply(404, 20404);

// All is well: a Main key.
Answers answers() {
  Answers all{kAccount,   "SK0123456789abcdef0123456789abcdef",
              "video",    "api",
              reply(200), reply(200),
              reply(200), {},
              {}};
  all.account.account_sid = kAccount;
  all.account.account_status = "active";
  return all;
}

void say(std::string_view wanted, const Answers& all, std::string_view part = "",
         test::Where where = test::here()) {
  base::Findings findings;
  provider::twilio::check_answers(findings, all);
  came_out(wanted, findings, part, where);
  const std::string text = cli::check::to_text(findings, "");
  expect(!contains(text, kAccount) && !contains(text, all.api_key) && !contains(text, kOther), text,
         where);
}

TEST(all_is_well_with_a_main_key) {
  say("ok clock, ok api_secret, ok account, ok api_key_account", answers(),
      "[OK] API Key belongs to the correct account\n");
}

TEST(a_standard_key_is_fine_and_said_to_be_one) {
  auto all = answers();
  all.key = kRefused;
  say("ok clock, ok api_secret, ok account, ok api_key_type, ok api_key_account", all,
      "every Standard key, which is fine\n");
  all.account = kRefused;
  say("ok clock, ok api_secret, ok api_key_type, warn api_key_account", all, "was not proven");
  all.account_by_token = answers().account;
  all.key_by_token = reply(200);
  say("ok clock, ok api_secret, ok account, ok api_key_type, ok api_key_account, ok auth_token",
      all);
  all.key_by_token = kNotThere;
  say("ok clock, ok api_secret, ok account, error api_key_account, ok auth_token", all,
      "API Key Account SID mismatch!");
  all.account_by_token = kRefused;
  all.key_by_token = {};
  say("ok clock, ok api_secret, ok api_key_type, warn api_key_account, warn auth_token", all);
  all.rooms.account_sid = kAccount;
  all.account_by_token = {};
  say("ok clock, ok api_secret, ok api_key_type, ok api_key_account", all);
}

TEST(a_foreign_account_is_a_mismatch) {
  auto all = answers();
  all.account = kNotThere;
  all.key = kNotThere;
  say("ok clock, ok api_secret, error api_key_account", all,
      "[ERROR] API Key Account SID mismatch! The API key SK0123...cdef is not of the account "
      "AC0123...cdef (404).\n    Copy ");
  all = answers();
  all.key = kNotThere;
  say("ok clock, ok api_secret, ok account, error api_key_account", all);
  all.rooms = kRefused;
  say("ok clock, error api_key_account, ok account", all, "mismatch!");
}

TEST(an_answer_that_names_another_account_is_a_mismatch) {
  for (auto Answers::*const one : {&Answers::rooms, &Answers::account}) {
    auto all = answers();
    (all.*one).account_sid = kOther;
    say("ok clock, ok api_secret, ok account, error api_key_account", all, "but of ACfedc...3210");
  }
  auto all = answers();
  all.key->account_sid = kOther;
  say("ok clock, ok api_secret, ok account, error api_key_account", all);
}

TEST(a_refused_secret_and_a_revoked_key_are_told_apart_where_that_can_be) {
  auto all = answers();
  all.rooms = all.account = kRefused;
  all.key = kRefused;
  say("ok clock, error api_secret", all, "Twilio says the same to all of these");
  all.account_by_token = answers().account;
  all.key_by_token = reply(200);
  say("ok clock, error api_secret, ok account, ok auth_token", all, "is not the secret of");
  all.key_by_token = kNotThere;
  say("ok clock, error api_key_account, ok account, ok auth_token", all, "it was revoked");
  all = answers();
  all.rooms = reply(403, 20403);
  say("ok clock, error api_secret, ok account", all, "restricted");
  all.rooms = kNotThere;
  say("ok clock, error api_secret, ok account", all, "knows no rooms");
}

TEST(an_account_that_is_suspended_is_a_problem) {
  auto all = answers();
  all.account.account_status = "suspended";
  say("ok clock, ok api_secret, error account, ok api_key_account", all, "is suspended");
}

TEST(a_clock_that_is_off_is_said) {
  for (const auto& [ahead, wanted, part] :
       std::initializer_list<std::tuple<std::chrono::seconds, std::string, std::string>>{
           {10s, "ok", "agrees"},
           {-10s, "ok", "agrees"},
           {11s, "warn", "11 seconds ahead of"},
           {-60s, "warn", "1 minute behind"},
           {61s, "error", "1 minute 1 second ahead of"},
           {-600s, "error", "10 minutes behind Twilio's.\n    Set it: timedatectl"}}) {
    auto all = answers();
    all.rooms.clock_ahead = ahead;
    say(wanted + " clock, ok api_secret, ok account, ok api_key_account", all, part);
  }
  auto all = answers();
  all.rooms.clock_ahead = {};
  all.account.clock_ahead = 600s;
  say("error clock, ok api_secret, ok account, ok api_key_account", all);
  all.account.clock_ahead = {};
  say("warn clock, ok api_secret, ok account, ok api_key_account", all, "was not compared");
}

TEST(who_can_not_be_reached_is_said_with_what_to_do) {
  Reply away;
  away.why = "Some words";
  for (const auto& [failure, part] : std::initializer_list<std::pair<Failure, std::string>>{
           {Failure::name, "getent hosts video;"},
           {Failure::connection, "https://video)"},
           {Failure::deadline, "firewall"},
           {Failure::tls, "-connect video:443"},
           {Failure::answer, "Try again"},
           {Failure::library, "libcurl4"}}) {
    auto all = answers();
    all.rooms = away;
    all.rooms.failure = failure;
    say("error network, ok clock, ok account", all, part);
    all.account = all.rooms;
    all.key = {};
    say("error network, error network, warn clock", all, "api can't be reached: Some words.");
    all.api_host = all.video_host;
    say("error network, warn clock", all);
  }
}

TEST(whoever_does_not_answer_as_twilio_does_is_not_believed) {
  for (auto odd : {reply(200), reply(503), reply(429), reply(500, 20500)}) {
    odd.json = odd.status != 200;
    auto all = answers();
    all.rooms = odd;
    say("error network, ok clock, ok account", all, "video");
    all = answers();
    all.account = odd;
    say("error network, ok clock, ok api_secret", all, "api");
  }
}

}  // namespace proof_test
