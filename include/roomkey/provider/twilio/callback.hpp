// Twilio's status callbacks of rooms. Source:
// https://www.twilio.com/docs/video/api/status-callbacks and
// https://www.twilio.com/docs/usage/security#validating-requests
#pragma once

#include <string>
#include <string_view>

#include "roomkey/base/form.hpp"
#include "roomkey/base/result.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/events.hpp"

namespace roomkey::provider::twilio {

inline constexpr std::string_view kCallbackPath = "/api/appointments/twilio-status-callback/";

struct CallbackSettings {
  std::string url;            // as Twilio was given it; empty: no callback is taken
  crypto::Secret auth_token;  // the account's; empty: no callback is taken
};

using base::Form;

// True where `signature` (the X-Twilio-Signature header) is that of a request with these parameters
// to `url`, made with the account's Auth Token: base64 of HMAC-SHA1 over the address and the sorted
// parameters. Twilio signs the address with or without its port, so both are tried. Compared in
// constant time. False for an empty token or address.
[[nodiscard]] bool is_signature(std::string_view signature, std::string_view url, const Form& form,
                                std::string_view auth_token);

// Events of recordings, compositions and tracks are among them. bad_request naming the field where
// something is missing or malformed, or there twice.
[[nodiscard]] base::Result<Told> read_callback(const Form& form);

class Events final : public provider::Events {
 public:
  explicit Events(CallbackSettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::string_view path() const override { return kCallbackPath; }
  [[nodiscard]] std::string_view route() const override { return "twilio_status_callback"; }
  // Not before all that they need is set.
  [[nodiscard]] bool are_taken() const {
    return !settings_.url.empty() && !settings_.auth_token.empty();
  }
  [[nodiscard]] base::Result<Told> read(const Notice& notice) const override;

 private:
  CallbackSettings settings_;
};

}  // namespace roomkey::provider::twilio
