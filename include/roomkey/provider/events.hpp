// What a provider tells by itself of its rooms.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "roomkey/access/room_session.hpp"
#include "roomkey/base/result.hpp"

namespace roomkey::provider {

// A request that claims to be a provider's. All of it is hostile.
struct Notice {
  std::string_view body;
  std::string_view content_type;
  // A header by its name in CGI (RFC 3875 section 4.1.18); empty where it is missing.
  const std::function<std::string_view(const char* name)>& header;
};

struct Told {
  std::string event;           // in the provider's words
  std::string room_name;       // empty where the event is about no room
  std::string room_sid;        // of the room's session
  std::string timestamp;       // as the provider wrote it
  std::int64_t sequence = -1;  // -1: the event belongs to no session
  // Set for the events that a session's state follows from.
  std::optional<access::RoomEvent> room_event = {};
};

class Events {
 public:
  virtual ~Events() = default;

  [[nodiscard]] virtual std::string_view path() const = 0;   // where they are sent
  [[nodiscard]] virtual std::string_view route() const = 0;  // that route's name, for logs
  // bad_signature, with why as detail, for what the provider did not sign; bad_request naming the
  // field, or payload_too_large, for what can't be taken.
  [[nodiscard]] virtual base::Result<Told> read(const Notice& notice) const = 0;
};

}  // namespace roomkey::provider
