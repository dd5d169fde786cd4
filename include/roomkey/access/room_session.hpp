// What happened in an appointment's room: events as the provider tells them, and the state that
// follows from them. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roomkey::access {

enum class RoomEventKind {
  room_created,
  room_ended,
  participant_connected,
  participant_disconnected
};

[[nodiscard]] std::string_view word(RoomEventKind kind);  // "room-created"
[[nodiscard]] std::optional<RoomEventKind> parse_room_event(std::string_view word);

struct RoomEvent {
  std::int64_t sequence = 0;  // of the session's events, in their order
  RoomEventKind kind = RoomEventKind::room_created;
  std::chrono::sys_seconds at{};
  std::string participant_sid;           // of participant events
  std::string identity;                  // of participant events
  std::optional<std::int64_t> duration;  // seconds, of what ended
};

struct Participant {
  std::string sid;
  std::string identity;
  std::chrono::sys_seconds connected_at{};
  std::optional<std::chrono::sys_seconds> disconnected_at;
  std::optional<std::int64_t> duration;  // seconds, once it is over
  bool reconnecting = false;             // only the provider can tell

  // "connected", "reconnecting" or "disconnected"
  [[nodiscard]] std::string_view status() const;
};

enum class SessionStatus { in_progress, completed, failed };
[[nodiscard]] std::string_view word(SessionStatus status);
[[nodiscard]] std::optional<SessionStatus> parse_session_status(std::string_view word);

// One session of a room: a room that was left by all is closed, and who comes back under the same
// name is in a new session of it, with another SID.
struct RoomSession {
  std::string sid;
  SessionStatus status = SessionStatus::in_progress;
  std::chrono::sys_seconds created_at{};
  std::optional<std::int64_t> duration;   // seconds, once it is over
  std::vector<Participant> participants;  // in the order of their first event
  std::chrono::sys_seconds as_of{};       // the time of the freshest fact
};

// The state after `events`, which must be ordered by sequence, each sequence once, and at least
// one. So it depends on which events came, not on when or how often. Once a session has ended
// nothing brings it back.
[[nodiscard]] RoomSession fold(std::string sid, const std::vector<RoomEvent>& events);

// What is there now, told by a provider that tells neither of who was there nor since when:
// `before` is what was known of it until then.
[[nodiscard]] RoomSession continued(const RoomSession& before, RoomSession after);

// What to believe of two sources: of one session the one that says it is over, else the fresher;
// of two sessions the one that began later.
[[nodiscard]] const RoomSession& more_credible(const RoomSession& a, const RoomSession& b);

}  // namespace roomkey::access
