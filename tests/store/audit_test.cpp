#include "roomkey/store/audit.hpp"

#include "support/store.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;

STORE_TEST(gives_back_what_was_appended_oldest_first) {
  QuickStore store;
  append_three(store.database);
  const auto events = audit_of(store.database);
  same(3, events.size());
  same(1, events[0].id);
  same(kNine, events[0].at);
  same("0123456789abcdef", events[0].request_id);
  same(std::optional<std::int64_t>(2), events[0].user_id);
  same(std::optional<std::int64_t>(47), events[0].appointment_id);
  same("video_token", events[0].action);
  same("granted", word(events[0].outcome));
  expect(!events[0].reason);
  same(std::optional(kNine + 90min), events[0].expires_at);
  same("refused", word(events[1].outcome));
  same(std::optional<std::string>("permission_denied"), events[1].reason);
  expect(!events[2].user_id && !events[2].appointment_id && !events[2].expires_at);
  same("changed", word(events[2].outcome));
  same(std::optional<std::string>(""), events[2].reason);
}

STORE_TEST(what_a_transaction_appends_is_written_once_it_is_asked_for_and_undone_with_it) {
  QuickStore store;
  {
    Transaction transaction(store.database);
    append_audit(transaction, store.database, event_at(kNine));
    append_audit(transaction, store.database, event_at(kNine + 1s));
    same(2, audit_head(store.database).id);
    append_audit(transaction, store.database, event_at(kNine + 2s));
    same(3, audit_head(store.database).id);
    append_audit(transaction, store.database, event_at(kNine + 3s));
  }
  same(0, audit_head(store.database).id);
  append_audit(store.database, event_at(kNine));
  same(1, verify_audit(store.database).events);
}

STORE_TEST(a_part_that_has_appended_an_event_can_not_be_undone_alone) {
  QuickStore store;
  Transaction transaction(store.database);
  Transaction part(store.database);
  append_audit(part, store.database, event_at(kNine));
  throws<std::logic_error>([&] { part.roll_back(); });
}

STORE_TEST(a_transaction_may_have_more_events_than_are_held_back) {
  QuickStore store;
  Transaction transaction(store.database);
  for (int i = 0; i < 600; ++i) append_audit(transaction, store.database, event_at(kNine));
  transaction.commit();
  const auto verdict = verify_audit(store.database);
  same("", verdict.fault);
  same(600, verdict.events);
}

STORE_TEST(filters_by_user_appointment_and_time) {
  QuickStore store;
  append_three(store.database);
  const auto ids = [&](const AuditFilter& filter) {
    std::string text;
    for (const auto& event : audit_of(store.database, filter)) text += std::to_string(event.id);
    return text;
  };
  same("123", ids({}));
  same("1", ids({2, {}, {}}));
  same("12", ids({{}, 47, {}}));
  same("2", ids({19, 47, {}}));
  same("23", ids({{}, {}, kNine + 1s}));
  same("", ids({2, {}, kNine + 1s}));
  same("", ids({{}, 48, {}}));
}

STORE_TEST(an_empty_audit_holds) {
  QuickStore store;
  const auto verdict = verify_audit(store.database);
  same("", verdict.fault);
  same(0, verdict.events);
  same(std::string(64, '0'), verdict.head);
}

// Made by another program from the words in docs and sources: a chain must never be written anew.
STORE_TEST(the_chain_is_the_one_of_all_earlier_versions) {
  QuickStore store;
  append_three(store.database);
  const auto verdict = verify_audit(store.database);
  same("", verdict.fault);
  same(3, verdict.events);
  same("3965cae44a4ac793afa51f3372f53d5e2f78264b964a66e91270135a4bcd4d87", verdict.head);
}

STORE_TEST(an_undone_event_leaves_no_gap) {
  QuickStore store;
  {
    Transaction transaction(store.database);
    append_audit(transaction, store.database, event_at(kNine));
  }
  append_audit(store.database, event_at(kNine));
  same(1, audit_of(store.database).at(0).id);
  same("", verify_audit(store.database).fault);
}

STORE_TEST(two_connections_write_one_chain) {
  SharedStore store;
  Database other(store.settings());
  other.ready();
  for (int i = 0; i < 5; ++i) {
    append_audit(store.database, event_at(kNine));
    append_audit(other, event_at(kNine));
  }
  same("", verify_audit(store.database).fault);
  same(10, verify_audit(other).events);
}

}  // namespace
