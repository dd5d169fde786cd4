#include "roomkey/access/door.hpp"

#include "roomkey/access/decide.hpp"
#include "support/clinic.hpp"
#include "support/test.hpp"

namespace {

using namespace roomkey::access;
using namespace roomkey::test;
using roomkey::base::Code;

constexpr WaitingRoom kModes[] = {WaitingRoom::off, WaitingRoom::psychologist_first,
                                  WaitingRoom::admit};
constexpr Admission kAdmissions[] = {Admission::none, Admission::waiting, Admission::admitted,
                                     Admission::denied};

Door door_of(Admission admission, bool psychologist) {
  Door door;
  door.psychologist_is_in = psychologist;
  if (admission != Admission::none) door.visitor = Visitor{"2", admission, kNine - 30s, kNine - 3s};
  return door;
}

// The contract's rules, as one sentence each.
std::string wanted(WaitingRoom mode, Admission admission, bool psychologist) {
  if (admission == Admission::denied) return "denied";
  if (admission == Admission::admitted || mode == WaitingRoom::off) return "yes";
  if (mode == WaitingRoom::psychologist_first && psychologist) return "yes";
  return "waiting";
}

TEST(every_door_opens_as_the_contract_says) {
  int cases = 0;
  for (const auto mode : kModes) {
    for (const auto admission : kAdmissions) {
      for (const bool psychologist : {true, false}) {
        ++cases;
        const auto passed = pass(door_of(admission, psychologist), mode, kNine);
        const std::string given = passed ? "yes" : std::string(word(passed.error().code));
        same(wanted(mode, admission, psychologist), given,
             std::string(word(mode)) + ' ' + std::string(word(admission)) + ' ' +
                 show(psychologist));
        Appointment appointment = appointment_47();
        appointment.door = door_of(admission, psychologist);
        const auto patient = decide(appointment, jane(), kNine, {{}, {}, mode});
        same(given, patient ? "yes" : std::string(word(patient.error().code)), "decide()");
        accepted(decide(appointment, sarah(), kNine, {{}, {}, mode}));
      }
    }
  }
  same(3 * 4 * 2, cases);
}

TEST(the_door_comes_last_of_all) {
  const Policy policy{15min, 30min, WaitingRoom::admit};
  Appointment appointment = appointment_47();
  refused(Code::waiting, decide(appointment, jane(), kNine, policy));
  refused(Code::too_early, decide(appointment, jane(), kNine - 1h, policy));
  refused(Code::permission_denied, decide(appointment, someone(Role::patient), kNine, policy));
  appointment.room.reset();
  refused(Code::room_not_found, decide(appointment, jane(), kNine, policy));
  appointment.removed = {2};
  refused(Code::removed, decide(appointment, jane(), kNine, policy));
}

TEST(a_road_on_which_nobody_looked_at_the_door_leads_nowhere) {
  Appointment appointment = appointment_47();
  appointment.door.reset();
  for (const auto mode : kModes) {
    throws<std::logic_error>([&] {
      static_cast<void>(decide(appointment, jane(), kNine, {{}, {}, mode}));
    });
    accepted(decide(appointment, sarah(), kNine, {{}, {}, mode}));
  }
}

TEST(who_asks_again_in_time_goes_on_waiting_and_who_does_not_begins_anew) {
  const auto since = [](std::chrono::seconds silent) {
    Door door;
    door.visitor = Visitor{"2", Admission::waiting, kNine - 1h, kNine - silent};
    return pass(door, WaitingRoom::admit, kNine).error().waiting_since.value();
  };
  same(kNine - 1h, since(0s));
  same(kNine - 1h, since(120s));
  same(kNine, since(121s));
  same(kNine, pass({}, WaitingRoom::admit, kNine).error().waiting_since.value());
}

TEST(who_waits_is_here_for_twenty_seconds) {
  Door door = door_of(Admission::waiting, false);
  same("yes", waiting_word(door, kNine));
  door.visitor->last_seen = kNine - 20s;
  same("yes", waiting_word(door, kNine));
  door.visitor->last_seen = kNine - 21s;
  same("no", waiting_word(door, kNine));
  same("no", waiting_word({}, kNine));
  same("admitted", waiting_word(door_of(Admission::admitted, false), kNine));
  same("denied", waiting_word(door_of(Admission::denied, false), kNine));
}

TEST(the_words_are_the_store_s_and_the_contract_s) {
  same("psychologist_first", word(WaitingRoom::psychologist_first));
  for (const auto one : {Admission::waiting, Admission::admitted, Admission::denied}) {
    same(static_cast<int>(one), static_cast<int>(parse_admission(word(one)).value()));
  }
  same(false, parse_admission("none").has_value());
  same(false, parse_admission("").has_value());
}

TEST(the_door_is_in_the_hand_of_the_psychologist_and_the_office) {
  Appointment appointment = appointment_47();
  for (const auto role : {Role::practice_manager, Role::admin}) {
    accepted(decide_door(appointment, someone(role)));
  }
  accepted(decide_door(appointment, sarah()));
  refused(Code::permission_denied, decide_door(appointment, jane()));
  refused(Code::permission_denied, decide_door(appointment, someone(Role::service)));
  appointment.removed = {19};
  refused(Code::permission_denied, decide_door(appointment, sarah()));
  appointment.status = Status::completed;
  refused(Code::appointment_closed, decide_door(appointment, someone(Role::admin)));
  appointment.status = Status::confirmed;
  appointment.room.reset();
  refused(Code::room_not_found, decide_door(appointment, someone(Role::admin)));
}

}  // namespace
