#include "roomkey/store/retention.hpp"

#include "roomkey/crypto/digest.hpp"
#include "roomkey/store/rooms.hpp"
#include "roomkey/store/verify.hpp"
#include "roomkey/store/visitors.hpp"
#include "support/cut.hpp"
#include "support/room.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::store;
using namespace roomkey::test;

STORE_TEST(removes_what_is_older_and_the_chain_goes_on) {
  Cut<SharedStore> store;
  same("4 5 6 ", ids_of(store.database));
  auto verdict = verify_audit(store.database);
  same("", verdict.fault);
  same(3, verdict.events);
  same(1, verdict.cuts.size());
  const AuditCut& cut = verdict.cuts[0];
  same(1, cut.id);
  same(kNow, cut.at);
  same(3, cut.last_event);
  same(3, cut.events);
  same("Ada Admin", cut.signed_by);
  same("policy: \"ten\" years", cut.reason);
  same(6, cut.witness);
  const auto witness = audit_of(store.database).back();
  same("audit_prune", witness.action);
  same("changed", word(witness.outcome));
  same("cli", witness.request_id);
  same(std::optional(R"({"cut":1,"events":3,"last_event":3,"last_hash":")" +
                     roomkey::crypto::to_hex(cut.last_hash) +
                     R"(","signed_by":"Ada Admin","reason":"policy: \"ten\" years","cut_hash":")" +
                     roomkey::crypto::to_hex(cut.hash) + "\"}"),
       witness.reason);
  append_days(store.database, {5});
  same("", verify_audit(store.database).fault);
  same(0, verify_store(store.database).faults.size());
}

STORE_TEST(only_a_front_of_the_chain_goes) {
  QuickStore store;
  append_days(store.database, {0, 1, 9, 2, 3});
  const auto old = prune(store.database, kNine + 5 * 24h, sign_off());
  same(2, old.events);
  same(2, old.last_event);
  same("3 4 5 6 ", ids_of(store.database));
}

STORE_TEST(an_event_of_that_very_second_stays) {
  QuickStore store;
  append_days(store.database, {0, 1});
  same(1, prunable(store.database, kNine + 24h).events);
  same(2, prunable(store.database, kNine + 24h + 1s).events);
  same(0, prunable(store.database, kNine).events);
}

STORE_TEST(where_nothing_is_old_nothing_is_written) {
  QuickStore store;
  append_days(store.database, {5});
  prune(store.database, kNine, sign_off());
  same("1 ", ids_of(store.database));
  same(0, audit_cuts(store.database).size());
}

STORE_TEST(looking_changes_nothing) {
  QuickStore store;
  append_days(store.database, {0, 1, 2});
  same(3, prunable(store.database, kNow).events);
  same("1 2 3 ", ids_of(store.database));
}

STORE_TEST(a_cut_follows_another_which_it_takes_along) {
  Cut<SharedStore> store;
  append_days(store.database, {1001, 1002, 1003});
  const auto old = prune(store.database, kNine + 1002 * 24h, sign_off(kNine + 1100 * 24h));
  same(4, old.events, "4 and 5, the event of the first cut, and 7");
  same("8 9 10 ", ids_of(store.database));
  const auto verdict = verify_audit(store.database);
  same("", verdict.fault);
  same(2, verdict.cuts.size());
  same(7, verdict.cuts[1].last_event);
  prune(store.database, kNine + 1050 * 24h, sign_off(kNine + 1200 * 24h));
  same("", verify_audit(store.database).fault);
  same("10 11 ", ids_of(store.database));
}

STORE_TEST(many_events_go_in_steps) {
  QuickStore store;
  {
    Transaction transaction(store.database);
    for (int i = 0; i < 4100; ++i) {
      append_audit(transaction, store.database, event_at(kNine));
    }
    transaction.commit();
  }
  same(4100, prune(store.database, kNow, sign_off()).events);
  same("4101 ", ids_of(store.database));
  same("", verify_audit(store.database).fault);
}

struct Rooms : QuickStore {
  void put(std::int64_t id, std::chrono::sys_seconds starts_at,
           roomkey::access::Status status = roomkey::access::Status::scheduled) {
    Transaction transaction(database);
    auto appointment = appointment_47();
    appointment.id = id;
    appointment.starts_at = starts_at;
    appointment.status = status;
    appointment.room.reset();
    put_appointment(transaction, database, appointment);
    remove_user(transaction, database, id, {2}, starts_at);
    const std::string session = "RM" + std::string(30, '0') + std::to_string(id);
    for (const auto& event : whole_session()) {
      put_room_event(transaction, database, id, session, event.sequence, event);
    }
    put_room_answer(transaction, database, id, fold(session, whole_session()));
    transaction.commit();
  }
  bool knows(std::int64_t id) { return latest_room_session(database, id).has_value(); }
  bool answered(std::int64_t id) { return room_answer(database, id).has_value(); }
  bool removed(std::int64_t id) { return !find_appointment(database, id).value().removed.empty(); }
};

STORE_TEST(what_happened_in_old_rooms_goes_and_nothing_of_appointments_to_come) {
  Rooms rooms;
  rooms.put(50, kNine);
  rooms.put(51, kNine + 2000 * 24h);
  const auto old = prune(rooms.database, kNine + 100 * 24h, sign_off());
  same(1, old.sessions);
  same(static_cast<std::int64_t>(whole_session().size()), old.room_events);
  same(1, old.answers);
  expect(!rooms.knows(50) && !rooms.answered(50));
  expect(rooms.knows(51) && rooms.answered(51) && rooms.removed(51));
  const auto events = audit_of(rooms.database);
  same(1, events.size());
  same("room_prune", events[0].action);
  same(
      std::optional<std::string>(
          R"({"before":"2026-02-24T09:00:00Z","sessions":1,"room_events":8,"answers":1,"guests":0,)"
          R"("visitors":0,"signed_by":"Ada Admin","reason":"policy: \"ten\" years"})"),
      events[0].reason);
}

struct Doors : Rooms {
  void deny(std::int64_t id, std::string_view who) {
    Transaction transaction(database);
    deny_visitor(transaction, database, id, who, roomkey::access::WaitingRoom::admit);
    transaction.commit();
  }
  std::string at(std::int64_t id) {
    std::string all;
    for (const auto& one : visitors_of(database, id)) all += one.who + ' ';
    return all;
  }
};

STORE_TEST(who_came_to_old_doors_goes_but_for_the_denied) {
  Doors doors;
  doors.put(50, kNine);
  doors.put(51, kNine + 2000 * 24h);
  for (const std::int64_t id : {50, 51}) {
    note_entry(doors.database, id, "2", kNine);
    note_entry(doors.database, id, "4", kNine);
    doors.deny(id, "3");
    doors.deny(id, "4");
  }
  note_entry(doors.database, 50, "20", kNine + 101 * 24h);
  same(1, prunable(doors.database, kNine + 100 * 24h).visitors);
  same(1, prune(doors.database, kNine + 100 * 24h, sign_off()).visitors);
  same("20 3 4 ", doors.at(50));
  same("2 3 4 ", doors.at(51));
  const auto events = audit_of(doors.database);
  same(true, events.at(0).reason.value().find(R"("visitors":1,)") != std::string::npos);
}

STORE_TEST(a_session_that_ended_later_than_its_appointment_stays) {
  Rooms rooms;
  rooms.put(50, kNine - 100 * 24h);
  same(0, prune(rooms.database, kNine + 1s, sign_off()).sessions);
  expect(rooms.knows(50));
}

STORE_TEST(who_was_removed_stays_so_though_the_appointment_is_over_for_it_can_be_opened_again) {
  using roomkey::access::Status;
  Rooms rooms;
  int id = 50;
  for (const auto status : {Status::scheduled, Status::confirmed, Status::completed,
                            Status::cancelled, Status::no_show}) {
    rooms.put(id++, kNine, status);
  }
  same(5, prune(rooms.database, kNine + 100 * 24h, sign_off()).sessions);
  for (int i = 50; i < id; ++i) expect(rooms.removed(i), std::to_string(i));
}

}  // namespace
