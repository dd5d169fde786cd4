// A session of appointment 47's room as the provider tells it.
#pragma once

#include "roomkey/access/room_session.hpp"
#include "support/clinic.hpp"

namespace roomkey::test {

using access::RoomEvent;
using access::RoomEventKind;

inline std::string sid(std::string prefix, char digit) { return prefix + std::string(32, digit); }

inline RoomEvent room_event(std::int64_t sequence, RoomEventKind kind, std::chrono::seconds after,
                            std::optional<std::int64_t> duration = std::nullopt) {
  return {sequence, kind, kNine + after, "", "", duration};
}

inline RoomEvent person_event(std::int64_t sequence, RoomEventKind kind, std::chrono::seconds after,
                              char digit, const std::string& identity,
                              std::optional<std::int64_t> duration = std::nullopt) {
  return {sequence, kind, kNine + after, sid("PA", digit), identity, duration};
}

inline constexpr const char* kJane = "2-jane.doe@example.com";
inline constexpr const char* kSarah = "19-dr.sarah@example.com";

// Jane comes, Sarah comes, Jane leaves and comes back, both leave, the room ends. What is missing
// between are tracks.
inline std::vector<RoomEvent> whole_session() {
  using enum RoomEventKind;
  return {room_event(0, room_created, 0s),
          person_event(1, participant_connected, 1s, 'a', kJane),
          person_event(4, participant_connected, 60s, 'b', kSarah),
          person_event(9, participant_disconnected, 300s, 'a', kJane, 299),
          person_event(10, participant_connected, 330s, 'c', kJane),
          person_event(15, participant_disconnected, 3000s, 'c', kJane, 2670),
          person_event(17, participant_disconnected, 3010s, 'b', kSarah, 2950),
          room_event(18, room_ended, 3900s, 3900)};
}

}  // namespace roomkey::test
