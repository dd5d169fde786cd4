#include "roomkey/handlers/refusals.hpp"

#include "support/store.hpp"
#include "support/test.hpp"

namespace refusals_test {

using roomkey::handlers::Refusals;
using roomkey::store::AuditEvent;
using roomkey::store::Database;
using namespace roomkey::test;

AuditEvent refusal(std::chrono::seconds after = 0s, std::string reason = "removed") {
  AuditEvent event = event_at(kNine + after);
  event.outcome = roomkey::store::Outcome::refused;
  event.reason = std::move(reason);
  event.request_id = std::to_string(after.count());
  event.expires_at.reset();
  return event;
}

// Each event's reason, the newest last.
std::string reasons(Database& database) {
  std::string all;
  for (const auto& event : audit_of(database)) all += event.reason.value_or("-") + ", ";
  return all;
}

TEST(the_first_is_an_event_at_once_and_those_like_it_are_one_after_a_minute) {
  MemoryStore store;
  Refusals refusals;
  expect(!refusals.due());
  for (int second = 0; second <= 57; ++second) {
    refusals.note(store.database, refusal(std::chrono::seconds{second}));
  }
  same(kNine + 60s, refusals.due().value());
  refusals.commit(store.database, kNine + 59s);
  same("removed, ", reasons(store.database));
  refusals.commit(store.database, kNine + 60s);
  same("removed, removed (57 more), ", reasons(store.database));
  const auto folded = audit_of(store.database).back();
  same(kNine + 57s, folded.at, "it is that of the last");
  same("57", folded.request_id);
  same(2, folded.user_id.value());
  same(47, folded.appointment_id.value());
  same("video_token", folded.action);
  same("refused", word(folded.outcome));
}

TEST(whoever_goes_on_is_counted_on_and_whoever_stopped_begins_anew) {
  MemoryStore store;
  Refusals refusals;
  for (const auto second : {0s, 1s}) refusals.note(store.database, refusal(second));
  refusals.commit(store.database, kNine + 60s);
  refusals.note(store.database, refusal(61s));
  refusals.note(store.database, refusal(62s));
  refusals.commit(store.database, kNine + 120s);
  same("removed, removed (1 more), removed (2 more), ", reasons(store.database));
  refusals.commit(store.database, kNine + 180s);
  expect(!refusals.due(), "nobody is counted any more");
  refusals.note(store.database, refusal(181s));
  same("removed, removed (1 more), removed (2 more), removed, ", reasons(store.database));
}

TEST(another_user_appointment_action_or_reason_is_another_refusal) {
  MemoryStore store;
  Refusals refusals;
  refusals.note(store.database, refusal());
  AuditEvent other = refusal();
  other.user_id = 19;
  refusals.note(store.database, other);
  other.appointment_id.reset();
  refusals.note(store.database, other);
  other.action = "video_status";
  refusals.note(store.database, other);
  other.reason = "too_late";
  refusals.note(store.database, other);
  same(5, audit_of(store.database).size());
}

TEST(what_is_counted_is_committed_at_the_end_due_or_not) {
  MemoryStore store;
  Refusals refusals;
  for (const auto second : {0s, 1s, 2s}) refusals.note(store.database, refusal(second));
  refusals.note(store.database, refusal(3s, "too_late"));
  refusals.commit_all(store.database);
  same("removed, too_late, removed (2 more), ", reasons(store.database));
  refusals.commit_all(store.database);
  same(3, audit_of(store.database).size(), "once");
}

TEST(nothing_counted_is_lost_where_the_store_is_away) {
  FileStore store;
  Refusals refusals;
  for (const auto second : {0s, 1s}) refusals.note(store.database, refusal(second));
  const Folder folder;
  Database away(settings_at(folder.file("roomkey.db")));
  throws<roomkey::base::Unavailable>([&] { refusals.commit(away, kNine + 60s); });
  same(kNine + 60s, refusals.due().value());
  refusals.note(store.database, refusal(61s));
  refusals.commit(store.database, kNine + 62s);
  same("removed, removed (2 more), ", reasons(store.database));
}

TEST(one_whose_event_could_not_be_written_is_the_first_the_next_time) {
  const Folder folder;
  Database away(settings_at(folder.file("roomkey.db")));
  Refusals refusals;
  throws<roomkey::base::Unavailable>([&] { refusals.note(away, refusal()); });
  MemoryStore store;
  refusals.note(store.database, refusal(1s));
  same("removed, ", reasons(store.database));
}

TEST(a_clock_that_is_set_back_holds_nothing_up) {
  MemoryStore store;
  Refusals refusals;
  for (const auto second : {0s, 1s}) refusals.note(store.database, refusal(second));
  refusals.commit(store.database, kNine - 1h);
  same("removed, removed (1 more), ", reasons(store.database));
}

TEST(what_is_beyond_the_watched_kinds_is_an_event_each) {
  MemoryStore store;
  Refusals refusals;
  const auto of = [](std::size_t number) {
    AuditEvent event = refusal();
    event.appointment_id = static_cast<std::int64_t>(number);
    return event;
  };
  for (std::size_t number = 1; number <= Refusals::kMost; ++number) {
    refusals.note(store.database, of(number));
  }
  for (int i = 0; i < 2; ++i) {
    refusals.note(store.database, of(1));
    refusals.note(store.database, of(Refusals::kMost + 1));
  }
  same(Refusals::kMost + 2, audit_of(store.database).size());
}

}  // namespace refusals_test
