#include "provider/twilio/rooms.hpp"

namespace roomkey::provider::twilio {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

access::RoomSession session_from(const Room& room, std::chrono::sys_seconds now) {
  const auto status = access::parse_session_status(word(room.status));
  access::RoomSession session{room.sid, status.value(), room.created_at, {}, {}, now};
  if (room.duration) session.duration = room.duration->count();
  return session;
}

access::Participant participant_of(const Participant& one) {
  access::Participant participant{one.sid, one.identity, one.start_time, one.end_time, {}};
  if (one.duration) participant.duration = one.duration->count();
  if (one.status == Participant::Status::disconnected && !participant.disconnected_at) {
    participant.disconnected_at = one.start_time + one.duration.value_or(0s);
  }
  participant.reconnecting = one.status == Participant::Status::reconnecting;
  return participant;
}

// Each question may take 5 s, so those behind a slow answer are not asked.
bool in_time(Clock::time_point started) { return Clock::now() - started < 1s; }

}  // namespace

bool Rooms::add_participants(access::RoomSession& session, Clock::time_point started) {
  for (const auto status : {Participant::Status::disconnected, Participant::Status::connected,
                            Participant::Status::reconnecting}) {
    if (!in_time(started)) return false;
    const auto people = rest_.participants(session.sid, status);
    if (!people) return false;
    for (const Participant& one : *people) {
      session.participants.push_back(participant_of(one));
    }
  }
  return true;
}

base::Result<std::optional<access::RoomSession>> Rooms::look(const std::string& room,
                                                             const std::string& session_sid,
                                                             std::chrono::sys_seconds now) {
  const auto started = Clock::now();
  auto found = rest_.find_room(room);
  // By its name a room that has ended is not found.
  if (found && !*found && !session_sid.empty() && in_time(started)) {
    found = rest_.find_room(session_sid);
  }
  if (!found) return found.error();
  if (!in_time(started)) return base::Error{base::Code::provider_unavailable};
  if (!*found) return std::optional<access::RoomSession>();
  access::RoomSession session = session_from(**found, now);
  if (!add_participants(session, started)) return base::Error{base::Code::provider_unavailable};
  return std::optional(std::move(session));
}

base::Result<access::RoomSession> Rooms::make(const NewRoom& room, std::chrono::sys_seconds now) {
  const auto made = rest_.create_room(room.name, room.people);
  if (!made) return made.error();
  return session_from(*made, now);
}

base::Result<std::string> Rooms::session_of(const std::string& room, const std::string& known_sid) {
  if (!known_sid.empty()) return known_sid;
  const auto found = rest_.find_room(room);
  if (!found) return found.error();
  return *found ? (*found)->sid : "";
}

base::Result<bool> Rooms::put_out(const Seat& seat) {
  const auto session_sid = session_of(seat.room, seat.session_sid);
  if (!session_sid) return session_sid.error();
  if (session_sid->empty()) return false;
  return rest_.disconnect(*session_sid, seat.sid.empty() ? seat.identity : seat.sid);
}

base::Result<bool> Rooms::end(const std::string& room, const std::string& session_sid) {
  const auto sid = session_of(room, session_sid);
  if (!sid) return sid.error();
  return sid->empty() ? base::Result(false) : rest_.complete_room(*sid);
}

}  // namespace roomkey::provider::twilio
