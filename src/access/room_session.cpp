#include "roomkey/access/room_session.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace roomkey::access {

namespace {

constexpr std::array kKinds{RoomEventKind::room_created, RoomEventKind::room_ended,
                            RoomEventKind::participant_connected,
                            RoomEventKind::participant_disconnected};

void leave(Participant& participant, std::chrono::sys_seconds at,
           std::optional<std::int64_t> duration) {
  participant.disconnected_at = at;
  const auto spent = std::max(at - participant.connected_at, std::chrono::seconds{0});
  participant.duration = duration.value_or(spent.count());
}

void end(RoomSession& session, const RoomEvent& event) {
  session.status = SessionStatus::completed;
  const auto lasted = std::max(event.at - session.created_at, std::chrono::seconds{0});
  session.duration = event.duration.value_or(lasted.count());
  for (Participant& participant : session.participants) {
    if (!participant.disconnected_at) leave(participant, event.at, std::nullopt);
  }
}

bool has(const std::vector<Participant>& all, const std::string& sid) {
  return std::any_of(all.begin(), all.end(),
                     [&](const Participant& one) { return one.sid == sid; });
}

// Of those who left. Who comes and goes all the time shall not fill the store.
void forget_oldest(std::vector<Participant>& all) {
  constexpr std::size_t kMost = 200;
  while (all.size() > kMost) {
    const auto gone = std::find_if(all.begin(), all.end(), [](const Participant& one) {
      return one.disconnected_at.has_value();
    });
    if (gone == all.end()) return;
    all.erase(gone);
  }
}

// A session, and where in it each of its participants stands: one looked for among all the others
// would make many events slow. The events must outlive it.
class Folded {
 public:
  Folded(std::string sid, std::chrono::sys_seconds created_at)
      : session_{std::move(sid), SessionStatus::in_progress, created_at, {}, {}, {}} {}

  void apply(const RoomEvent& event);
  [[nodiscard]] RoomSession take() { return std::move(session_); }

 private:
  Participant& participant_of(const RoomEvent& event);

  RoomSession session_;
  std::unordered_map<std::string_view, std::size_t> places_;
};

// The participant of the event; one whose `connected` never came is known by what did. Nobody came
// before 1970, whatever a duration says.
Participant& Folded::participant_of(const RoomEvent& event) {
  auto& all = session_.participants;
  const auto [place, is_new] = places_.try_emplace(event.participant_sid, all.size());
  if (is_new) {
    const auto spent = std::chrono::seconds{event.duration.value_or(0)};
    all.push_back({event.participant_sid,
                   event.identity,
                   event.at - std::min(spent, event.at.time_since_epoch()),
                   {},
                   {}});
  }
  return all[place->second];
}

void Folded::apply(const RoomEvent& event) {
  auto& session = session_;
  session.as_of = std::max(session.as_of, event.at);
  const bool over = session.status != SessionStatus::in_progress;
  switch (event.kind) {
    case RoomEventKind::room_created: session.created_at = event.at; break;
    case RoomEventKind::room_ended:
      if (!over) end(session, event);
      break;
    case RoomEventKind::participant_connected:
      if (!over) participant_of(event);
      break;
    case RoomEventKind::participant_disconnected:
      leave(participant_of(event), event.at, event.duration);
      break;
  }
}

}  // namespace

std::string_view word(RoomEventKind kind) {
  switch (kind) {
    case RoomEventKind::room_created: return "room-created";
    case RoomEventKind::room_ended: return "room-ended";
    case RoomEventKind::participant_connected: return "participant-connected";
    case RoomEventKind::participant_disconnected: return "participant-disconnected";
  }
  throw std::logic_error("a room event without a word");
}

std::optional<RoomEventKind> parse_room_event(std::string_view text) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(),
                                  [&](RoomEventKind kind) { return word(kind) == text; });
  return found == kKinds.end() ? std::nullopt : std::optional(*found);
}

std::string_view word(SessionStatus status) {
  switch (status) {
    case SessionStatus::in_progress: return "in-progress";
    case SessionStatus::completed: return "completed";
    case SessionStatus::failed: return "failed";
  }
  throw std::logic_error("a session status without a word");
}

std::string_view Participant::status() const {
  if (disconnected_at) return "disconnected";
  return reconnecting ? "reconnecting" : "connected";
}

RoomSession fold(std::string sid, const std::vector<RoomEvent>& events) {
  Folded folded(std::move(sid), events.front().at);
  for (const RoomEvent& event : events) folded.apply(event);
  return folded.take();
}

std::optional<SessionStatus> parse_session_status(std::string_view text) {
  for (const auto status :
       {SessionStatus::in_progress, SessionStatus::completed, SessionStatus::failed}) {
    if (word(status) == text) return status;
  }
  return std::nullopt;
}

RoomSession continued(const RoomSession& before, RoomSession after) {
  if (before.sid != after.sid || before.status != SessionStatus::in_progress) return after;
  std::vector<Participant> all;
  for (Participant one : before.participants) {
    const bool goes_on = !one.disconnected_at && has(after.participants, one.sid);
    if (!goes_on && !one.disconnected_at) leave(one, after.as_of, std::nullopt);
    all.push_back(std::move(one));
  }
  for (Participant& one : after.participants) {
    if (!has(all, one.sid)) all.push_back(std::move(one));
  }
  forget_oldest(all);
  after.participants = std::move(all);
  after.created_at = before.created_at;
  if (after.status != SessionStatus::in_progress) {
    after.duration = std::max(after.as_of - after.created_at, std::chrono::seconds{0}).count();
  }
  return after;
}

const RoomSession& more_credible(const RoomSession& a, const RoomSession& b) {
  if (a.sid != b.sid) return a.created_at < b.created_at ? b : a;
  const bool a_is_over = a.status != SessionStatus::in_progress;
  const bool b_is_over = b.status != SessionStatus::in_progress;
  if (a_is_over != b_is_over) return a_is_over ? a : b;
  return a.as_of < b.as_of ? b : a;
}

}  // namespace roomkey::access
