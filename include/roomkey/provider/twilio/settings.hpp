// All that Twilio is configured with.
#pragma once

#include "roomkey/provider/kind.hpp"
#include "roomkey/provider/twilio/callback.hpp"
#include "roomkey/provider/twilio/rest.hpp"
#include "roomkey/provider/twilio/token.hpp"

namespace roomkey::provider {

struct TwilioConfiguration {
  TwilioSettings twilio;
  TwilioRestSettings twilio_rest;
  bool twilio_makes_rooms = false;  // TWILIO_ROOMS=rest
  CallbackSettings callback;
};

[[nodiscard]] const Kind& twilio_kind();

}  // namespace roomkey::provider
