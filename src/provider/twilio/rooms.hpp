// Twilio's rooms, as handlers ask for them: by its REST API.
#pragma once

#include "roomkey/provider/rooms.hpp"
#include "roomkey/provider/twilio/rest.hpp"

namespace roomkey::provider::twilio {

class Rooms final : public provider::Rooms {
 public:
  struct Habits {
    bool are_made = false;
    bool are_told_of = false;
  };
  Rooms(
      RestSettings settings, Habits habits, Listener listener = [](std::size_t, Outcome) {})
      : rest_(std::move(settings), std::move(listener)), habits_(habits) {}

  [[nodiscard]] bool are_made() const override { return habits_.are_made; }
  [[nodiscard]] bool are_told_of() const override { return habits_.are_told_of; }

  [[nodiscard]] base::Result<std::optional<access::RoomSession>> look(
      const std::string& room, const std::string& session_sid,
      std::chrono::sys_seconds now) override;
  [[nodiscard]] base::Result<access::RoomSession> make(const NewRoom& room,
                                                       std::chrono::sys_seconds now) override;
  [[nodiscard]] base::Result<bool> put_out(const Seat& seat) override;
  [[nodiscard]] base::Result<bool> end(const std::string& room,
                                       const std::string& session_sid) override;

 private:
  // That of the room in progress, where none is known; empty: there is none.
  [[nodiscard]] base::Result<std::string> session_of(const std::string& room,
                                                     const std::string& known_sid);
  // False where Twilio did not say.
  [[nodiscard]] bool add_participants(access::RoomSession& session,
                                      std::chrono::steady_clock::time_point started);

  Rest rest_;
  Habits habits_;
};

}  // namespace roomkey::provider::twilio
