// Twilio's REST API for Video rooms and who is in them. Sources:
// https://www.twilio.com/docs/video/api/rooms-resource and
// https://www.twilio.com/docs/video/api/participants
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roomkey/base/result.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/https.hpp"
#include "roomkey/provider/rooms.hpp"

namespace roomkey::provider::twilio {

struct RestSettings {
  std::string account_sid;  // AC...; answers about another account are refused
  std::string api_key;      // SK...
  crypto::Secret api_secret;
  std::string api_url = "https://api.twilio.com";  // neither ends in a slash
  std::string video_url = "https://video.twilio.com";
  std::string media_region = {};         // of rooms made here; empty: Twilio's own choice
  std::string status_callback_url = {};  // of rooms made here; empty: none
  std::chrono::milliseconds connect_deadline{2000};
  std::chrono::milliseconds deadline{5000};  // of a call of Rest, all its requests together
  std::string ca_file = {};                  // PEM; empty: those of the machine
};

struct Room {
  enum class Status { in_progress, completed, failed };

  std::string sid;   // RM and 32 hex digits
  std::string name;  // Twilio's UniqueName
  Status status = Status::in_progress;
  std::chrono::sys_seconds created_at{};
  std::optional<std::chrono::sys_seconds> ended_at = {};
  std::optional<std::chrono::seconds> duration = {};
  std::optional<std::string> media_region = {};
};

struct Participant {
  enum class Status { connected, disconnected, reconnecting };

  std::string sid;  // PA and 32 hex digits
  std::string identity;
  Status status = Status::connected;
  std::chrono::sys_seconds start_time{};
  std::optional<std::chrono::sys_seconds> end_time = {};
  std::optional<std::chrono::seconds> duration = {};
};

// Twilio's words, which are the contract's: "in-progress", "connected", ...
[[nodiscard]] std::string_view word(Room::Status status);
[[nodiscard]] std::string_view word(Participant::Status status);

// Every call takes up to RestSettings::deadline, so never inside a transaction. It refuses
// with provider_unavailable alone: not configured, no connection, no answer in time, or one that is
// none. The detail says which, and is for the log.
class Rest {
 public:
  static constexpr std::array<std::string_view, 5> kRequests{
      "create_room", "find_room", "list_participants", "disconnect", "complete_room"};

  explicit Rest(
      RestSettings settings, Listener listener = [](std::size_t, Outcome) {});

  // Makes the room, for two. The one that is there where there is one in progress (53113).
  [[nodiscard]] base::Result<Room> create_room(const std::string& name, int people = 2);

  // By name only rooms in progress are found, by SID those that ended as well.
  [[nodiscard]] base::Result<std::optional<Room>> find_room(const std::string& name_or_sid);

  // The first 100 with this status. Without one Twilio's choice: the connected of a room in
  // progress, the disconnected of one that ended. None where Twilio doesn't know the room.
  [[nodiscard]] base::Result<std::vector<Participant>> participants(
      const std::string& room_sid, std::optional<Participant::Status> status = {});

  // Puts the participant out of the room. False: not there.
  [[nodiscard]] base::Result<bool> disconnect(const std::string& room_sid,
                                              const std::string& sid_or_identity);

  // Ends the room of that SID. False: not there, or over.
  [[nodiscard]] base::Result<bool> complete_room(const std::string& room_sid);

 private:
  struct Call;
  struct Reply;
  using Participants = std::vector<Participant>;

  [[nodiscard]] Https::Deadline deadline() const;
  [[nodiscard]] base::Result<Reply> ask(const Call& call);
  [[nodiscard]] base::Result<Reply> send(const Call& call);
  [[nodiscard]] base::Result<std::optional<Room>> find(const std::string& name_or_sid,
                                                       Https::Deadline deadline);
  [[nodiscard]] base::Result<Participants> list(const std::string& room_sid,
                                                const std::string& query, Https::Deadline deadline);
  [[nodiscard]] base::Result<bool> put_out(const std::string& room_sid, const std::string& who,
                                           Https::Deadline deadline);

  RestSettings settings_;  // without the secret, which https_ has
  std::string fault_;      // why no call can be made; empty where all is set
  Listener listener_;
  Https https_;
};

}  // namespace roomkey::provider::twilio
