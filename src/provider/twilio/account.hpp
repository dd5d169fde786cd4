// What Twilio says of the account and its API key, for `roomkey check`. Sources:
// https://www.twilio.com/docs/iam/api/account, https://www.twilio.com/docs/iam/api-keys and
// https://www.twilio.com/docs/api/errors/20003
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/https.hpp"
#include "roomkey/provider/twilio/rest.hpp"

namespace roomkey::provider::twilio {

struct Reply {
  int status = 0;                                        // HTTP; 0 where no answer came
  Https::Failure failure = Https::Failure::answer;       // why none did
  std::string why = {};                                  // the same in libcurl's words
  bool json = false;                                     // whatever Twilio says is a JSON object
  std::int64_t error = 0;                                // Twilio's code; 0 where it says none
  std::string account_sid = {};                          // whom the answer is about, where it says
  std::string account_status = {};                       // "active", "suspended" or "closed"
  std::optional<std::chrono::seconds> clock_ahead = {};  // of this machine, by the Date header

  [[nodiscard]] bool good() const { return json && status >= 200 && status <= 299; }
  // By whatever has no right to it: a wrong secret, a key that was revoked, and a Standard key
  // where only a Main key will do, all look alike.
  [[nodiscard]] bool refused() const { return status == 401 || status == 403; }
  [[nodiscard]] bool not_there() const { return json && status == 404; }
};

// Each question takes up to RestSettings::deadline.
class Account {
 public:
  // Who asks. Standard keys may not ask for the account or its keys, the Auth Token may.
  enum class As { api_key, auth_token };

  // account_sid and api_key must be SIDs: they become parts of addresses.
  Account(RestSettings settings, const crypto::Secret& auth_token);

  // Proves API key and secret together, and that the key is of region US1.
  [[nodiscard]] Reply rooms();
  [[nodiscard]] Reply account(As who);
  // 404 where the API key is not of the account.
  [[nodiscard]] Reply key(As who);

 private:
  [[nodiscard]] Reply ask(Https& https, const std::string& url) const;

  RestSettings settings_;  // without the secret
  Https by_key_, by_token_;
};

}  // namespace roomkey::provider::twilio
