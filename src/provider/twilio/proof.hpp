// Whether Twilio takes the configured credentials: it is asked, and what follows from its answers
// is said. Private to this folder.
#pragma once

#include <optional>
#include <string>

#include "provider/twilio/account.hpp"
#include "roomkey/base/finding.hpp"
#include "roomkey/provider/twilio/settings.hpp"

namespace roomkey::provider::twilio {

// What came of asking; nothing where it was not asked.
struct Answers {
  std::string account_sid, api_key;  // who was asked about
  std::string video_host, api_host;  // who was asked
  Reply rooms, account;
  std::optional<Reply> key = {};
  std::optional<Reply> account_by_token = {}, key_by_token = {};  // with the Auth Token
};
[[nodiscard]] Answers ask(const Configuration& configuration);
// Pure.
void check_answers(base::Findings& findings, const Answers& answers);

// What an unsigned request to the callback's public address was answered with.
struct CallbackAnswer {
  std::string host;
  int status = 0;  // 0 where no answer came
  Https::Failure failure = Https::Failure::answer;
  std::string why = {};   // no answer came
  std::string code = {};  // the JSON answer's; empty where it is none
};
[[nodiscard]] CallbackAnswer ask_callback(const std::string& url, const std::string& ca_file = "");
// Pure.
void check_callback(base::Findings& findings, const CallbackAnswer& answer);

}  // namespace roomkey::provider::twilio
