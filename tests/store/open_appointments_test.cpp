// Which appointments a user may be looking for: each_open_appointment().
#include "roomkey/access/decide.hpp"
#include "roomkey/store/appointments.hpp"
#include "support/store.hpp"
#include "support/test.hpp"

namespace open_appointments_test {

using namespace roomkey::store;
using namespace roomkey::test;
using roomkey::access::Appointment;
using roomkey::access::Room;

void put(Database& database, const Appointment& appointment) {
  Transaction transaction(database);
  put_appointment(transaction, database, appointment);
  transaction.commit();
}

// With a room of its own, that many minutes after nine.
Appointment starting(std::int64_t id, std::chrono::minutes after) {
  Appointment appointment = appointment_47();
  appointment.id = id;
  appointment.starts_at = kNine + after;
  appointment.room = Room{"room-" + std::to_string(id), kNine};
  return appointment;
}

// "48 47": the ids, nearest first, of `most` at most.
std::string open_of(Database& database, std::int64_t user_id,
                    const roomkey::base::Window& starts = {}, std::size_t most = 1000) {
  std::string ids;
  each_open_appointment(database, user_id, kNine, starts, [&](const Appointment& one) {
    ids += (ids.empty() ? "" : " ") + std::to_string(one.id);
    return --most > 0;
  });
  return ids;
}

STORE_TEST(the_nearest_appointments_of_a_user_come_first) {
  QuickStore store;
  put(store.database, starting(101, -10min));
  put(store.database, starting(102, 10min));
  put(store.database, starting(103, 5min));
  put(store.database, starting(104, -24h * 365));
  put(store.database, starting(105, 24h * 400));
  Appointment turned = starting(106, 1min);
  std::swap(turned.patient_id, turned.psychologist_id);
  put(store.database, turned);
  for (const std::int64_t user : {2, 19}) {
    same("47 106 103 102 101 104 105", open_of(store.database, user));
  }
  same("47 106", open_of(store.database, 2, {}, 2));
  same("", open_of(store.database, 5));
  same("47 106 103 101", open_of(store.database, 2, {kNine - 10min, kNine + 5min}));
}

STORE_TEST(closed_appointments_and_those_without_a_room_are_none) {
  QuickStore store;
  Appointment roomless = starting(48, 1min);
  roomless.room.reset();
  put(store.database, roomless);
  using roomkey::access::Status;
  for (const auto status : {Status::scheduled, Status::confirmed, Status::completed,
                            Status::cancelled, Status::no_show}) {
    Appointment appointment = starting(49, 1min);
    appointment.status = status;
    put(store.database, appointment);
    same(roomkey::access::is_open(status) ? "47 49" : "47", open_of(store.database, 2));
  }
}

STORE_TEST(no_more_than_200_appointments_are_looked_at) {
  QuickStore store;
  Transaction transaction(store.database);
  for (std::int64_t id = 1000; id < 1300; ++id) {
    put_appointment(transaction, store.database, starting(id, std::chrono::minutes{id}));
  }
  transaction.commit();
  std::size_t seen = 0;
  each_open_appointment(store.database, 2, kNine, {},
                        [&](const Appointment&) { return ++seen > 0; });
  same(kMostLookedAt, seen);
}

}  // namespace open_appointments_test
