// Twilio with what a test wants it to be able to do.
#pragma once

#include <memory>

#include "provider/twilio/rooms.hpp"
#include "roomkey/handlers/providers.hpp"
#include "roomkey/provider/twilio/callback.hpp"
#include "roomkey/provider/twilio/token.hpp"
#include "support/clinic.hpp"

namespace roomkey::test {

struct TestTwilio final : provider::Twilio {
  explicit TestTwilio(provider::TwilioSettings settings = twilio_settings())
      : Twilio(std::move(settings)) {}

  void asked_at(provider::TwilioRestSettings settings, provider::TwilioRooms::Habits habits = {}) {
    own_rooms = std::make_unique<provider::TwilioRooms>(std::move(settings), habits);
  }

  [[nodiscard]] provider::Rooms* rooms() override { return own_rooms.get(); }
  [[nodiscard]] const provider::Events* events() const override { return own_events.get(); }

  std::unique_ptr<provider::TwilioRooms> own_rooms;
  std::unique_ptr<provider::TwilioEvents> own_events;
};

}  // namespace roomkey::test
