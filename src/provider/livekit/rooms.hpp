// LiveKit's rooms, as handlers ask for them: by its RoomService. Private to this folder and its
// tests.
#pragma once

#include "provider/livekit/service.hpp"
#include "roomkey/provider/rooms.hpp"

namespace roomkey::provider::livekit {

class Rooms final : public provider::Rooms {
 public:
  Rooms(
      ServiceSettings settings, bool are_made, Listener listener = [](std::size_t, Outcome) {})
      : service_(std::move(settings), std::move(listener)), are_made_(are_made) {}

  [[nodiscard]] bool are_made() const override { return are_made_; }
  [[nodiscard]] bool are_told_of() const override { return true; }
  // LiveKit knows of those who are there.
  [[nodiscard]] bool tell_of_past() const override { return false; }

  [[nodiscard]] base::Result<std::optional<access::RoomSession>> look(
      const std::string& room, const std::string& session_sid,
      std::chrono::sys_seconds now) override;
  [[nodiscard]] base::Result<access::RoomSession> make(const NewRoom& room,
                                                       std::chrono::sys_seconds now) override;
  [[nodiscard]] base::Result<bool> put_out(const Seat& seat) override;
  [[nodiscard]] base::Result<bool> end(const std::string& room,
                                       const std::string& session_sid) override;

 private:
  [[nodiscard]] base::Result<std::vector<access::Participant>> people_in(
      const std::string& room, std::chrono::sys_seconds now, Https::Deadline deadline);

  Service service_;
  bool are_made_;
};

}  // namespace roomkey::provider::livekit
