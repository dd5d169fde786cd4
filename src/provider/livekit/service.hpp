// LiveKit's RoomService, asked by Twirp with JSON. Source:
// https://docs.livekit.io/reference/server/server-apis/ and `livekit_room.proto` of
// github.com/livekit/protocol. Private to this folder and its tests.
#pragma once

#include <json/value.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "roomkey/base/result.hpp"
#include "roomkey/crypto/key.hpp"
#include "roomkey/crypto/secret.hpp"
#include "roomkey/provider/https.hpp"
#include "roomkey/provider/rooms.hpp"

namespace roomkey::provider::livekit {

struct ServiceSettings {
  std::string api_url;  // without final slash
  std::string api_key;
  crypto::Secret api_secret;
  std::chrono::milliseconds connect_deadline{2000};
  std::chrono::milliseconds deadline{5000};  // of what is asked for one purpose, all together
  std::string ca_file = {};                  // PEM; empty: those of the machine
};

enum class Request { list_rooms, list_participants, remove_participant, create_room, delete_room };

// What came of a request.
struct Reply {
  int status = 0;                                   // HTTP; 0 where no answer came
  Https::Failure failure = Https::Failure::answer;  // why none did
  std::string why = {};                             // the same in libcurl's words
  std::string body = {};
  std::optional<Json::Value> object = {};             // where the body is one
  std::string code = {};                              // Twirp's, where it says no
  std::optional<std::chrono::sys_seconds> date = {};  // the header

  [[nodiscard]] bool good() const { return status == 200 && object; }
  [[nodiscard]] bool not_there() const { return status == 404 && code == "not_found"; }
};

class Service {
 public:
  static constexpr std::array<std::string_view, 5> kRequests{
      "list_rooms", "list_participants", "remove_participant", "create_room", "delete_room"};

  explicit Service(
      ServiceSettings settings, Listener listener = [](std::size_t, Outcome) {});

  [[nodiscard]] Https::Deadline deadline() const;

  // Each request brings a token of its own: good for a minute, for that method and that room.
  [[nodiscard]] Reply send(Request request, const std::string& room, const std::string& body,
                           Https::Deadline deadline);

  // The answer; nothing where there is no such room or participant; else provider_unavailable with
  // why, for the log.
  [[nodiscard]] base::Result<std::optional<Json::Value>> ask(Request request,
                                                             const std::string& room,
                                                             const std::string& body,
                                                             Https::Deadline deadline);

  // An answer that says what it can't.
  [[nodiscard]] static base::Error lie(Request request, std::string_view what);

 private:
  [[nodiscard]] std::string token(Request request, const std::string& room) const;

  std::string api_url_, api_key_;
  std::chrono::milliseconds deadline_;
  std::optional<crypto::Key> key_;
  Listener listener_;
  Https https_;
};

}  // namespace roomkey::provider::livekit
