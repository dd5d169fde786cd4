// Appointment 47's room with a Twilio that can be asked.
#pragma once

#include <algorithm>

#include "handlers/live.hpp"
#include "roomkey/access/identity.hpp"
#include "roomkey/store/evictions.hpp"
#include "roomkey/store/rooms.hpp"
#include "support/captured_log.hpp"
#include "support/provider.hpp"
#include "support/room.hpp"
#include "support/stand_in.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace roomkey::test::live {

using namespace roomkey::handlers;
using roomkey::provider::twilio::Rooms;
using Habits = Rooms::Habits;

inline const std::string kJoin = R"({"join":{"room":"apt-47-1763138954-46eb915c","identity":")";

struct LiveDesk {
  MemoryStore store;
  StandIn& there = stand_in();
  std::unique_ptr<Rooms> rooms = std::make_unique<Rooms>(there.settings(), Habits{});
  // The stand-in has its own clock, so this one goes with it.
  std::chrono::sys_seconds now =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());

  void ask(Habits habits) { rooms = std::make_unique<Rooms>(there.settings(), habits); }
  Known look(std::chrono::seconds later = 0s) {
    return look_at_room(store.database,
                        roomkey::store::find_appointment(store.database, 47).value(), rooms.get(),
                        now + later);
  }
  Known known() { return known_room(store.database, 47, *appointment_47().room); }
  void make(std::chrono::seconds later = 0s) {
    make_room(store.database, 47, *appointment_47().room, rooms.get(), now + later);
  }
  void remove_jane() {
    roomkey::store::Transaction transaction(store.database);
    roomkey::store::remove_user(transaction, store.database, 47, {2, 19, false}, now);
    transaction.commit();
  }
  // A callback about one who came in, as the store keeps it.
  void tell_of(const Json::Value& participant) {
    roomkey::store::Transaction transaction(store.database);
    const std::string room = participant["room_sid"].asString();
    const RoomEvent came{1,
                         RoomEventKind::participant_connected,
                         now,
                         participant["sid"].asString(),
                         participant["identity"].asString(),
                         {}};
    roomkey::store::put_room_event(transaction, store.database, 47, room, 1, came);
    transaction.commit();
  }
  // Another patient, and another room where one is named.
  void give_to_sam(std::optional<roomkey::access::Room> room) {
    roomkey::store::Transaction transaction(store.database);
    put_user(transaction, store.database, {3, "sam@example.com", "Sam"});
    auto other = appointment_47();
    other.patient_id = 3;
    other.room = std::move(room);
    put_appointment(transaction, store.database, other);
    transaction.commit();
  }
  void tell_of_sam() {
    Json::Value sam;
    sam["room_sid"] = sid("RM", '3');
    sam["sid"] = sid("PA", '3');
    sam["identity"] = "3-sam@example.com";
    tell_of(sam);
  }
  void room_at_twilio() { accepted(rooms->make(std::string(kRoom), now)); }
  std::size_t questions() { return there.seen()["requests"].size(); }
};

inline std::string people(const Known& known) {
  std::string text;
  for (const auto& one : known.session.value().participants) {
    text += one.identity + ' ' + std::string(one.status()) + "; ";
  }
  return text;
}

// Twilio lists the connected after those who left.
inline std::string in_order(const Known& known) {
  Known sorted = known;
  std::sort(sorted.session->participants.begin(), sorted.session->participants.end(),
            [](const auto& a, const auto& b) {
              return roomkey::access::user_of_identity(a.identity).value_or(99) <
                     roomkey::access::user_of_identity(b.identity).value_or(99);
            });
  return people(sorted);
}

}  // namespace roomkey::test::live
