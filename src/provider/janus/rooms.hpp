// Janus's rooms, as handlers ask for them. A room there has no other mark than its name, which is
// its session's SID here; a participant's is what the browser joined with,
// `<identity>~<something of its own>`.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "provider/janus/api.hpp"
#include "roomkey/provider/rooms.hpp"

namespace roomkey::provider::janus {

// Whose participant that is: what stands before the last `~`.
[[nodiscard]] std::string identity_of(const std::string& participant);

class Rooms final : public provider::Rooms {
 public:
  static constexpr std::array<std::string_view, 4> kRequests{"make_room", "list_people", "kick",
                                                             "end_room"};

  Rooms(
      const Configuration& configuration, Api::Deadlines deadlines,
      Listener listener = [](std::size_t, Outcome) {});

  [[nodiscard]] std::string_view fault() const override {
    return admin_key_.empty() ? "JANUS_ADMIN_KEY is not set" : "";
  }
  [[nodiscard]] bool are_made() const override { return true; }
  [[nodiscard]] bool are_told_of() const override { return false; }
  [[nodiscard]] bool tell_of_past() const override { return false; }
  // A token of before opens the room as long as it lasts, and names nobody.
  [[nodiscard]] bool need_new_name() const override { return true; }
  [[nodiscard]] bool can_grow() const override { return true; }

  [[nodiscard]] base::Result<std::optional<access::RoomSession>> look(
      const std::string& room, const std::string& session_sid,
      std::chrono::sys_seconds now) override;
  [[nodiscard]] base::Result<access::RoomSession> make(const NewRoom& room,
                                                       std::chrono::sys_seconds now) override;
  [[nodiscard]] base::Result<bool> put_out(const Seat& seat) override;
  [[nodiscard]] base::Result<bool> end(const std::string& room,
                                       const std::string& session_sid) override;

 private:
  struct Question;
  using People = std::vector<std::string>;  // participants, as they joined

  [[nodiscard]] std::string secret_of(const std::string& room) const;
  [[nodiscard]] base::Result<Api::Reply> ask(Api::Visit& visit, Question question);
  // Nothing where there is no such room.
  [[nodiscard]] base::Result<std::optional<People>> people(Api::Visit& visit,
                                                           const std::string& room);
  // The room that is there.
  [[nodiscard]] base::Result<Api::Reply> grow(Api::Visit& visit, const NewRoom& room);
  [[nodiscard]] base::Result<bool> kick(Api::Visit& visit, const std::string& room,
                                        const std::string& participant);

  crypto::Secret admin_key_;
  Listener listener_;
  Api api_;
};

}  // namespace roomkey::provider::janus
