#include "roomkey/access/room_session.hpp"

#include "support/room.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::access;
using namespace roomkey::test;

const std::string kSid = sid("RM", '1');

RoomSession after(std::size_t events) {
  auto all = whole_session();
  all.resize(events);
  return fold(kSid, all);
}

std::string people(const RoomSession& session) {
  std::string text;
  for (const Participant& one : session.participants) {
    text += one.identity.substr(0, one.identity.find('-')) + ' ' + std::string(one.status()) + ' ' +
            (one.duration ? std::to_string(*one.duration) : "-") + "; ";
  }
  return text;
}

TEST(ten_thousand_events_are_folded_as_quickly_as_they_are_read) {
  std::vector<RoomEvent> events;
  for (int i = 0; i < 10'000; ++i) {
    RoomEvent event = person_event(i, RoomEventKind::participant_connected, 1s, 'a', kJane);
    event.participant_sid = "PA" + std::to_string(i);
    events.push_back(event);
  }
  const auto started = std::chrono::steady_clock::now();
  const auto session = fold(kSid, events);
  const auto spent = std::chrono::steady_clock::now() - started;
  same(10'000, session.participants.size());
  same("PA9999", session.participants.back().sid);
  expect(spent < 500ms, "each participant is not looked for among all the others");
}

TEST(a_duration_that_cannot_be_is_none_that_overflows) {
  for (const std::int64_t duration : {std::int64_t{1} << 40, INT64_MAX}) {
    const auto session = fold(
        kSid, {person_event(1, RoomEventKind::participant_disconnected, 5s, 'a', kJane, duration)});
    same(std::chrono::sys_seconds{}, session.participants[0].connected_at);
    same(std::optional(duration), session.participants[0].duration);
  }
}

TEST(a_session_is_what_its_events_say) {
  same("", people(after(1)));
  same("2 connected -; ", people(after(2)));
  same("2 connected -; 19 connected -; ", people(after(3)));
  same("2 disconnected 299; 19 connected -; ", people(after(4)));
  same("2 disconnected 299; 19 connected -; 2 connected -; ", people(after(5)));
  same("2 disconnected 299; 19 disconnected 2950; 2 disconnected 2670; ", people(after(7)));
  same("in-progress", word(after(7).status));
  const auto over = after(8);
  same("completed", word(over.status));
  same(kSid, over.sid);
  same(kNine, over.created_at);
  same(std::optional<std::int64_t>(3900), over.duration);
  same(kNine + 3900s, over.as_of);
  same(kNine + 1s, over.participants[0].connected_at);
  same(std::optional(kNine + 300s), over.participants[0].disconnected_at);
}

TEST(who_is_still_there_when_the_room_ends_has_left) {
  using enum RoomEventKind;
  const auto session = fold(kSid, {room_event(0, room_created, 0s),
                                   person_event(1, participant_connected, 10s, 'a', kJane),
                                   room_event(7, room_ended, 100s)});
  same("2 disconnected 90; ", people(session));
  same(std::optional<std::int64_t>(100), session.duration, "counted where it isn't told");
}

TEST(nothing_revives_a_session_that_has_ended) {
  using enum RoomEventKind;
  auto events = whole_session();
  events.push_back(person_event(19, participant_connected, 4000s, 'd', kJane));
  events.push_back(room_event(20, room_ended, 5000s, 1));
  const auto session = fold(kSid, events);
  same("completed", word(session.status));
  same(people(after(8)), people(session));
  same(std::optional<std::int64_t>(3900), session.duration);
}

TEST(who_left_without_having_come_was_there) {
  using enum RoomEventKind;
  const auto session =
      fold(kSid, {person_event(5, participant_disconnected, 300s, 'a', kJane, 299)});
  same("2 disconnected 299; ", people(session));
  same(kNine + 1s, session.participants[0].connected_at);
  same(kNine + 300s, session.created_at, "the first that is known of it");
}

TEST(a_session_that_is_told_of_only_now_goes_on_from_what_was_known) {
  const RoomSession before{"room", SessionStatus::in_progress,    kNine,
                           {},     {{"a", "2-a", kNine, {}, {}}}, kNine};
  RoomSession now = before;
  now.created_at = now.as_of = kNine + 60s;
  now.participants = {{"b", "19-b", kNine + 60s, {}, {}}};
  same("2 disconnected 60; 19 connected -; ", people(continued(before, now)));
  same(kNine, continued(before, now).created_at);
  RoomSession other = before;
  other.sid = "another";
  same("19 connected -; ", people(continued(other, now)));
  other = before;
  other.status = SessionStatus::completed;
  same("19 connected -; ", people(continued(other, now)));

  RoomSession many = before;
  for (int i = 0; i < 300; ++i) {
    many.participants.push_back({"c" + std::to_string(i), "2-a", kNine, kNine + 1s, {}});
  }
  same(200U, continued(many, now).participants.size());
}

TEST(words_are_the_provider_s) {
  for (const auto* const text :
       {"room-created", "room-ended", "participant-connected", "participant-disconnected"}) {
    same(text, word(parse_room_event(text).value()));
  }
  for (const auto* const text : {"", "room", "track-added", "Room-created", "room-created "}) {
    expect(!parse_room_event(text), text);
  }
}

}  // namespace
