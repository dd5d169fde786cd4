// All that Twilio is configured with.
#pragma once

#include "roomkey/provider/kind.hpp"
#include "roomkey/provider/twilio/callback.hpp"
#include "roomkey/provider/twilio/rest.hpp"
#include "roomkey/provider/twilio/token.hpp"

namespace roomkey::provider::twilio {

struct Configuration {
  TokenSettings token;
  RestSettings rest;
  bool makes_rooms = false;  // TWILIO_ROOMS=rest
  CallbackSettings callback;
};

[[nodiscard]] const Kind& kind();

}  // namespace roomkey::provider::twilio
