// Twilio with what a test wants it to be able to do.
#pragma once

#include <memory>

#include "provider/twilio/rooms.hpp"
#include "roomkey/handlers/providers.hpp"
#include "roomkey/provider/twilio/callback.hpp"
#include "roomkey/provider/twilio/token.hpp"
#include "support/clinic.hpp"

namespace roomkey::test {

struct TestTwilio final : provider::twilio::Tokens {
  explicit TestTwilio(provider::twilio::TokenSettings settings = twilio_settings())
      : Tokens(std::move(settings)) {}

  void asked_at(provider::twilio::RestSettings settings,
                provider::twilio::Rooms::Habits habits = {}) {
    own_rooms = std::make_unique<provider::twilio::Rooms>(std::move(settings), habits);
  }

  [[nodiscard]] provider::Rooms* rooms() override { return own_rooms.get(); }
  [[nodiscard]] bool can_evict() const override { return own_rooms != nullptr; }
  [[nodiscard]] bool tells_of_people() const override {
    return own_rooms != nullptr && own_rooms->are_told_of();
  }
  [[nodiscard]] const provider::Events* events() const override { return own_events.get(); }

  std::unique_ptr<provider::twilio::Rooms> own_rooms;
  std::unique_ptr<provider::twilio::Events> own_events;
};

}  // namespace roomkey::test
